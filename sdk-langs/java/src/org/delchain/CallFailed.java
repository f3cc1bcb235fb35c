package org.delchain;

/** A called contract reverted or halted. Uncaught, it reverts the caller with the same data. */
public final class CallFailed extends Revert {
    /** {@link CallOutcome#REVERT} or {@link CallOutcome#HALT}. */
    public final int status;

    public CallFailed(CallOutcome outcome) {
        super(outcome.output);
        this.status = outcome.status;
    }
}
