package org.delchain.abi;

import org.delchain.Revert;

/**
 * Takes arguments off calldata, or results off return data, one after the other; reverts without
 * data on any fault.
 */
public final class Decoder {
    final byte[] data;
    private final int start;
    private int next;

    /**
     * @param start where the values begin: 4 behind a selector.
     */
    public Decoder(byte[] data, int start) {
        this.data = data;
        this.start = start;
        this.next = start;
    }

    public <T> T take(Type<T> type) {
        int head = next;
        next += type.headBytes();
        require(head, type.headBytes());
        return take(type, head, start);
    }

    /**
     * The value whose head, already known to be there, is at a place; offsets count from {@code
     * base}.
     */
    <T> T take(Type<T> type, int head, int base) {
        if (!type.isDynamic()) return type.decode(this, head);
        int at = base + length(head);
        if (at < base) throw Revert.empty();
        return type.decode(this, at);
    }

    /**
     * A length or an offset: no larger than the data, so that sums of two of them do not overflow.
     */
    int length(int at) {
        require(at, 32);
        for (int i = 0; i < 28; i++) if (data[at + i] != 0) throw Revert.empty();
        int value = 0;
        for (int i = 28; i < 32; i++) value = value << 8 | data[at + i] & 255;
        if (value < 0 || value > data.length) throw Revert.empty();
        return value;
    }

    /** That many bytes are there. */
    void require(int at, long bytes) {
        if (bytes > data.length - at) throw Revert.empty();
    }
}
