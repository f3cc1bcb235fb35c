package org.delchain.container;

/** What the launcher writes into every handler of a contract that could catch the end of the call or of the process. */
public final class Guard {
    private Guard() {
    }

    /** Returns for what a contract may catch. */
    public static void pass(Throwable thrown) {
        if (thrown instanceof RunningCall.Stopped stopped) {
            throw stopped;
        }
        Exit.ifFatal(thrown);
    }
}
