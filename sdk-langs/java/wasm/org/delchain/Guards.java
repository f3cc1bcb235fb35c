package org.delchain;

import org.teavm.backend.wasm.WasmHeap;
import org.teavm.interop.Address;
import org.teavm.interop.StaticInit;
import org.teavm.interop.Unmanaged;

/**
 * The limits of memory that TeaVM 0.13.1 does not check: {@code PatchTeaVm} of the build has its
 * runtime call these.
 */
@StaticInit
@Unmanaged
public final class Guards {
    /** More than all memory of a call: products with an item's eight bytes do not overflow. */
    private static final int ITEMS_MAX = 8 * 1024 * 1024;

    private Guards() {}

    /**
     * Makes room on the stack of object references; reverts the call when there is none. One word
     * may lie behind the end already, which nobody reads any more.
     */
    public static void moveStack(Address top) {
        if (WasmHeap.stackLimit.isLessThan(top)) Fatal.stackOverflow();
        WasmHeap.stack = top;
    }

    /** Reverts the call when an array's size is negative, or more than can be. */
    public static void requireSize(int items) {
        if (items < 0) Fatal.negativeArraySize();
        if (items > ITEMS_MAX) Fatal.outOfMemory();
    }
}
