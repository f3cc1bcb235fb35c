package org.delchain.container;

/** The running call and the way to its host (PROTOCOL.md, "CALL" and "HOSTCALL"). */
public final class Exchange {
    private static byte[] call;
    private static RunningCall host;

    private Exchange() {
    }

    static void begin(byte[] body, RunningCall running) {
        call = body;
        host = running;
    }

    /** The body of the running call's CALL frame. */
    public static byte[] call() {
        return call.clone();
    }

    /**
     * One host call: its operation, and its arguments as a HOSTCALL has them. Returns the reply's data, null when there is
     * nothing under a key. Throws {@link Refused} with the host's reason.
     */
    public static byte[] ask(int operation, byte[] arguments) {
        return host.ask(operation, arguments);
    }
}
