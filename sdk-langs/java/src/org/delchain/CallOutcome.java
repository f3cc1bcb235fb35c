package org.delchain;

/** What a call of another contract came to. */
public final class CallOutcome {
    public static final int SUCCESS = 0;
    public static final int REVERT = 1;
    public static final int HALT = 2;

    /** {@link #SUCCESS}, {@link #REVERT} or {@link #HALT}. */
    public final int status;

    /** What it returned, or reverted with; empty after a halt. */
    public final byte[] output;

    public CallOutcome(int status, byte[] output) {
        this.status = status;
        this.output = output;
    }
}
