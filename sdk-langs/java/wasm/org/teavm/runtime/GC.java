package org.teavm.runtime;

import org.teavm.backend.wasm.WasmHeap;
import org.teavm.interop.Address;
import org.teavm.interop.StaticInit;
import org.teavm.interop.Unmanaged;

/**
 * Stands before TeaVM 0.13.1's collector, which is a third of a small module and a page of tables
 * in each call. An instance lives for one call, so memory is taken from the end and never given
 * back.
 */
@StaticInit
@Unmanaged
public final class GC {
    private static Address next = WasmHeap.heapAddress;

    private GC() {}

    /** Zeros of that many bytes; reverts the call when the heap is at its end. */
    public static RuntimeObject alloc(int size) {
        Address start = next;
        Address end = start.add(size);
        if (WasmHeap.memoryLimit.isLessThan(end)) WasmHeap.growTo(end);
        next = end;
        return start.toStructure();
    }

    /** Compiled into a store into the table of cards, which nobody reads. */
    public static native void writeBarrier(RuntimeObject object);

    public static void collectGarbageFull() {}

    public static int getFreeMemory() {
        return (int) (WasmHeap.heapEnd().toLong() - next.toLong());
    }

    public static native long availableBytes();
}
