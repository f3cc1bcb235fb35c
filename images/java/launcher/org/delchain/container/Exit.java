package org.delchain.container;

/** How the launcher's process ends: seen in the container's state only. */
final class Exit {
    static final int DONE = 0;
    /** What `-XX:+ExitOnOutOfMemoryError` gives too. */
    static final int MEMORY = 3;
    static final int STACK = 4;
    /** A class of Java's own could not be initialized, by a call before this one. */
    static final int SPOILT = 5;
    static final int NO_CONTRACT = 64;
    static final int STREAM = 70;
    static final int PROTOCOL = 71;

    private Exit() {
    }

    /** Ends the process; its type lets callers write `throw`. */
    static RuntimeException with(int status, String reason) {
        if (!reason.isEmpty()) {
            System.err.println(reason);
        }
        Runtime.getRuntime().halt(status);
        return new IllegalStateException(reason);
    }

    /**
     * After one of these nothing that the process says can be trusted: how deep a stack gets depends on what is compiled, and a
     * class of Java's own whose initializer was cut short stays broken for every call to come.
     */
    static void ifFatal(Throwable thrown) {
        if (thrown instanceof StackOverflowError) {
            throw with(STACK, "");
        }
        if (thrown instanceof VirtualMachineError) {
            throw with(MEMORY, "");
        }
        if (thrown instanceof NoClassDefFoundError) {
            throw with(SPOILT, "");
        }
    }
}
