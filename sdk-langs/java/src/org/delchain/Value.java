package org.delchain;

import org.delchain.abi.Storage;

/** One value in storage. Small ones share a slot with their neighbours, as in Solidity. */
public final class Value<T> {
    private final byte[] slot;
    private final int offset;
    private final Storage<T> type;

    public Value(byte[] slot, int offset, Storage<T> type) {
        this.slot = slot;
        this.offset = offset;
        this.type = type;
    }

    /** Zero, false or empty until it is set. */
    public T get() {
        return type.load(slot, offset);
    }

    @Writes
    public void set(T value) {
        type.store(slot, offset, value);
    }
}
