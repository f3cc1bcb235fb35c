package org.delchain;

import java.util.Arrays;
import org.delchain.container.Program;
import org.delchain.container.Refused;

/** Runs a contract as the program of a container: the class that the build writes extends it. */
public abstract class ContractProgram implements Program {
    /**
     * The selector of {@code delchain_constructor()}, in which nobody but the host speaks (PROTOCOL.md, "Constructor").
     */
    private static final int CONSTRUCTOR = 0x8fd5c432;

    /** The contract's entry, new for this call. */
    protected abstract Entry entry();

    @Override
    public final byte[] run() {
        try {
            byte[] calldata = Host.calldata();
            if (Entry.selectorOf(calldata) != CONSTRUCTOR) {
                return entry().call(calldata);
            }
            entry().construct(Arrays.copyOfRange(calldata, Integer.BYTES, calldata.length));
            return new byte[0];
        } catch (Refused refused) {
            // The host's own reason, as it is.
            throw refused;
        } catch (Throwable thrown) {
            throw new org.delchain.container.Revert(Entry.revertData(thrown));
        }
    }
}
