package org.delchain;

import org.delchain.container.Program;
import org.delchain.container.Refused;

/** Runs a contract as the program of a container: the class that the build writes extends it. */
public abstract class ContractProgram implements Program {
    /** The contract's entry, new for this call. */
    protected abstract Entry entry();

    @Override
    public final byte[] run() {
        try {
            return entry().call(Host.calldata());
        } catch (Refused refused) {
            // The host's own reason, as it is.
            throw refused;
        } catch (Throwable thrown) {
            throw new org.delchain.container.Revert(Entry.revertData(thrown));
        }
    }
}
