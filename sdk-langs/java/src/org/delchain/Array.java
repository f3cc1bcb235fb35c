package org.delchain;

import org.delchain.abi.Storage;

/** Solidity's array in storage, of dynamic or fixed length. An index out of range panics. */
public final class Array<T> {
    private static final int DYNAMIC = -1;

    private final byte[] slot;
    private final Storage<T> items;
    private final int fixedLength;
    private byte[] start;

    public Array(byte[] slot, Storage<T> items) {
        this(slot, items, DYNAMIC);
    }

    public Array(byte[] slot, Storage<T> items, int fixedLength) {
        this.slot = slot;
        this.items = items;
        this.fixedLength = fixedLength;
    }

    /**
     * Panics when it exceeds what Java counts to, which only a contract that writes the slot itself
     * can reach.
     */
    public int length() {
        if (fixedLength != DYNAMIC) return fixedLength;
        long length = U256.fromWord(Host.loadStorage(slot), 0).toLong();
        if (length > Integer.MAX_VALUE) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return (int) length;
    }

    public T get(int index) {
        requireIndex(index);
        return items.load(slotOf(index), offsetOf(index));
    }

    @Writes
    public void set(int index, T value) {
        requireIndex(index);
        items.store(slotOf(index), offsetOf(index), value);
    }

    /** Only of a dynamic array. */
    @Writes
    public void push(T value) {
        int length = length();
        setLength(length + 1);
        items.store(slotOf(length), offsetOf(length), value);
    }

    /** Takes the last item off and clears it. Only of a dynamic array. */
    @Writes
    public T pop() {
        int length = length();
        if (length == 0) throw Revert.panic(Revert.PANIC_EMPTY_ARRAY);
        T last = get(length - 1);
        items.clear(slotOf(length - 1), offsetOf(length - 1));
        setLength(length - 1);
        return last;
    }

    private void setLength(int length) {
        if (fixedLength != DYNAMIC) throw new IllegalStateException("the array has a fixed length");
        Host.storeStorage(slot, U256.of(length).toWord());
    }

    private void requireIndex(int index) {
        if (index < 0 || index >= length()) throw Revert.panic(Revert.PANIC_INDEX);
    }

    private byte[] slotOf(int index) {
        if (start == null) start = fixedLength == DYNAMIC ? Host.keccak256(slot) : slot;
        int size = items.bytes();
        long slots =
                size < Words.BYTES
                        ? index / (Words.BYTES / size)
                        : (long) index * (size / Words.BYTES);
        return Words.plus(start, slots);
    }

    private int offsetOf(int index) {
        int size = items.bytes();
        return size < Words.BYTES ? index % (Words.BYTES / size) * size : 0;
    }
}
