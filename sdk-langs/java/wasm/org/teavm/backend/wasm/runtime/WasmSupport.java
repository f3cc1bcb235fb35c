package org.teavm.backend.wasm.runtime;

import org.delchain.Fatal;
import org.teavm.interop.Unmanaged;

/**
 * Stands before TeaVM 0.13.1's class of this name, whose methods are imports that no host here
 * offers. Contracts have no console, no clock and no randomness; the build refuses those that ask.
 */
public final class WasmSupport {
    private WasmSupport() {}

    @Unmanaged
    public static void printString(String text) {}

    @Unmanaged
    public static void printInt(int number) {}

    @Unmanaged
    public static void printOutOfMemory() {
        Fatal.outOfMemory();
    }

    @Unmanaged
    public static void initHeapTrace(int maxHeap) {}

    /** TeaVM's event queue names it, and is never run. */
    public static long currentTimeMillis() {
        return 0;
    }

    public static void runWithoutArgs() {}

    public static void runWithArgs(String[] arguments) {}
}
