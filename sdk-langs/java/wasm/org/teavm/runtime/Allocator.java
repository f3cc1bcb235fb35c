package org.teavm.runtime;

import org.delchain.Fatal;
import org.teavm.interop.Address;
import org.teavm.interop.StaticInit;
import org.teavm.interop.Structure;
import org.teavm.interop.Unmanaged;

/**
 * Stands before TeaVM 0.13.1's class of this name, whose arrays of a negative or too large size
 * overwrite what lies before them. New memory is zero here, so nothing is cleared.
 */
@StaticInit
@Unmanaged
public final class Allocator {
    /** More than all memory of a call: products with an item's eight bytes do not overflow. */
    private static final int ITEMS_MAX = 8 * 1024 * 1024;

    private Allocator() {}

    public static Address allocate(RuntimeClass tag) {
        RuntimeObject object = GC.alloc(tag.size);
        object.classReference = tag.pack();
        return object.toAddress();
    }

    public static Address allocateArray(RuntimeClass tag, int size) {
        if (size < 0) Fatal.negativeArraySize();
        if (size > ITEMS_MAX) Fatal.outOfMemory();
        int itemSize =
                (tag.itemType.flags & RuntimeClass.PRIMITIVE) != 0
                        ? tag.itemType.size
                        : Address.sizeOf();
        int bytes =
                Address.align(Address.fromInt(Structure.sizeOf(RuntimeArray.class)), itemSize)
                        .toInt();
        bytes = Address.align(Address.fromInt(bytes + itemSize * size), Address.sizeOf()).toInt();
        RuntimeArray array = GC.alloc(bytes).toAddress().toStructure();
        array.classReference = tag.pack();
        array.size = size;
        return array.toAddress();
    }

    public static RuntimeArray allocateMultiArray(
            RuntimeClass tag, Address dimensions, int dimensionCount) {
        int size = dimensions.getInt();
        RuntimeArray array = allocateArray(tag, size).toStructure();
        if (dimensionCount <= 1) return array;
        Address items =
                Address.align(
                        Structure.add(RuntimeArray.class, array, 1).toAddress(), Address.sizeOf());
        for (int i = 0; i < size; i++) {
            items.putAddress(
                    allocateMultiArray(tag.itemType, dimensions.add(4), dimensionCount - 1)
                            .toAddress());
            items = items.add(Address.sizeOf());
        }
        return array;
    }

    public static native boolean isInitialized(Class<?> cls);
}
