package org.delchain.abi;

/** Puts values together in the ABI's encoding, behind a selector or nothing. */
public final class Encoder {
    private byte[] data;
    private int length;
    private final int start;
    private int next;

    /** Without a selector: results, an event's data, a constructor's arguments. */
    public Encoder() {
        start = 0;
        data = new byte[0];
    }

    public Encoder(int selector) {
        start = 4;
        data =
                new byte[] {
                    (byte) (selector >> 24),
                    (byte) (selector >> 16),
                    (byte) (selector >> 8),
                    (byte) selector
                };
        length = 4;
        next = 4;
    }

    /**
     * Makes room for the heads of all values that follow; with one value only it may be left out.
     */
    public Encoder heads(int bytes) {
        reserve(bytes);
        return this;
    }

    public <T> Encoder add(Type<T> type, T value) {
        if (length == next) reserve(type.headBytes());
        put(type, value, next, start);
        next += type.headBytes();
        return this;
    }

    public byte[] finish() {
        if (data.length == length) return data;
        byte[] all = new byte[length];
        System.arraycopy(data, 0, all, 0, length);
        return all;
    }

    /**
     * A value whose head is at a place; a dynamic one is appended, its offset counts from {@code
     * base}.
     */
    <T> void put(Type<T> type, T value, int head, int base) {
        if (type.isDynamic()) {
            putLength(head, length - base);
            type.encode(this, 0, value);
        } else {
            type.encode(this, head, value);
        }
    }

    /** Appends zeros and returns where they begin. */
    int reserve(int bytes) {
        int at = length;
        length += bytes;
        if (length > data.length) {
            byte[] grown = new byte[at == 0 ? length : length * 2];
            System.arraycopy(data, 0, grown, 0, at);
            data = grown;
        }
        return at;
    }

    int end() {
        return length;
    }

    void putWord(int at, byte[] word) {
        System.arraycopy(word, 0, data, at, 32);
    }

    void putBytes(int at, byte[] bytes) {
        System.arraycopy(bytes, 0, data, at, bytes.length);
    }

    void putLength(int at, int value) {
        for (int i = 31; i > 27; i--) {
            data[at + i] = (byte) value;
            value >>>= 8;
        }
    }
}
