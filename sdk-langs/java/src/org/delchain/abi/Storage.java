package org.delchain.abi;

/** How something lies in storage: which slots it takes and how it is read and written there. */
public interface Storage<T> {
    /** Up to 32 bytes within a slot, or whole slots as a multiple of 32. */
    int bytes();

    /**
     * @param offset bytes from the low end of the slot.
     */
    T load(byte[] slot, int offset);

    void store(byte[] slot, int offset, T value);

    /** Makes every slot of it zero. */
    void clear(byte[] slot, int offset);
}
