package org.delchain;

import org.teavm.interop.Address;

/**
 * Runs a contract as a module of the wasm tier: what the two exports, which the build writes, come
 * down to.
 */
public final class Program {
    private static final int SUCCESS = 0;
    private static final int REVERT = 1;

    private Program() {}

    /**
     * @param calldataLength what the entry point was called with.
     */
    public static int call(Entry entry, int calldataLength) {
        Host.calldataLength = calldataLength;
        try {
            return finish(SUCCESS, entry.call(Host.calldata()));
        } catch (Throwable thrown) {
            return finish(REVERT, Entry.revertData(thrown));
        }
    }

    public static int construct(Entry entry, int argumentsLength) {
        Host.calldataLength = argumentsLength;
        try {
            entry.construct(Host.calldata());
            return finish(SUCCESS, new byte[0]);
        } catch (Throwable thrown) {
            return finish(REVERT, Entry.revertData(thrown));
        }
    }

    private static int finish(int status, byte[] output) {
        Hooks.writeResult(Address.ofData(output), output.length);
        if (status == SUCCESS) Hooks.flushStorage(0);
        return status;
    }
}
