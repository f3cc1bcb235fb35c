package org.teavm.backend.wasm;

import org.delchain.Fatal;
import org.teavm.interop.Address;
import org.teavm.interop.StaticInit;
import org.teavm.interop.Unmanaged;

/**
 * Stands before TeaVM 0.13.1's class of this name. Behind the module's data lie a scratch buffer,
 * the stack of object references and of exception handlers, the table of cards, and the heap, which
 * grows by pages as it is used.
 */
@StaticInit
@Unmanaged
public final class WasmHeap {
    /** Read by TeaVM's code generator. */
    public static final int PAGE_SIZE = 65536;

    /**
     * Some 4,000 frames: about where the tier's own limit of 256 kB of native stack ends a
     * recursion.
     */
    private static final int STACK_BYTES = PAGE_SIZE;

    private static final int BYTES_PER_CARD = 1024;

    public static int maxHeapSize;
    public static int heapSize;

    /** Named by TeaVM's code generator. */
    public static int minHeapSize;

    public static Address heapAddress;
    public static Address cardTable;
    public static Address memoryLimit;
    public static Address stackAddress;
    public static Address stack;
    public static Address stackLimit;
    public static Address buffer;

    private WasmHeap() {}

    public static native void growMemory(int pages);

    /** The compiler calls it first of all, with the end of the module's data. */
    public static void initHeap(
            Address start, int minHeap, int maxHeap, int stackSize, int bufferSize) {
        buffer = WasmRuntime.align(start, 16);
        stackAddress = WasmRuntime.align(buffer.add(bufferSize), 16);
        stack = stackAddress;
        stackLimit = stackAddress.add(STACK_BYTES);
        // Objects among the data have cards too: before the table, as many as there are kilobytes.
        cardTable = stackLimit.add(stackLimit.toInt() / BYTES_PER_CARD + 64);
        heapAddress = WasmRuntime.align(cardTable.add(maxHeap / BYTES_PER_CARD), 16);
        minHeapSize = minHeap;
        maxHeapSize = maxHeap;
        heapSize = maxHeap;
        memoryLimit = WasmRuntime.align(start, PAGE_SIZE);
        growTo(heapAddress);
    }

    public static Address heapEnd() {
        return heapAddress.add(maxHeapSize);
    }

    /** Makes memory below an address usable. */
    public static void growTo(Address end) {
        if (heapEnd().isLessThan(end)) Fatal.outOfMemory();
        Address limit = WasmRuntime.align(end, PAGE_SIZE);
        growMemory((limit.toInt() - memoryLimit.toInt()) / PAGE_SIZE);
        memoryLimit = limit;
    }

    /** Named by the compiler. */
    public static void resizeHeap(int size) {}
}
