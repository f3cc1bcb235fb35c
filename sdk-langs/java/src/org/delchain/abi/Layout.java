package org.delchain.abi;

/**
 * Solidity's storage layout: what fits into the rest of a slot goes there, everything else begins a
 * new one.
 */
public final class Layout {
    private int next;
    private int used;
    private int slot;
    private int offset;

    /** Takes the next place for something of so many bytes: below 32, or a multiple of it. */
    public void take(int bytes) {
        if (used > 0 && used + bytes > 32) {
            next++;
            used = 0;
        }
        slot = next;
        offset = used;
        if (bytes < 32) used += bytes;
        else next += bytes / 32;
    }

    /** The slot of the place taken last. */
    public int slot() {
        return slot;
    }

    /** Its bytes from the low end of the slot. */
    public int offset() {
        return offset;
    }

    /** How many slots there are so far. */
    public int slots() {
        return used > 0 ? next + 1 : next;
    }
}
