package org.delchain.abi;

/** One type of Solidity's ABI, and the Java type that stands for it. */
public abstract class Type<T> implements Storage<T> {
    /** Bytes in the head: 32, or more for a static array or tuple. */
    public int headBytes() {
        return 32;
    }

    public boolean isDynamic() {
        return false;
    }

    /** Writes a static value at a place of the output; appends a dynamic one. */
    abstract void encode(Encoder out, int at, T value);

    /**
     * Reads the value whose body begins at a place of the input. Throws {@link
     * org.delchain.Revert}.
     */
    abstract T decode(Decoder in, int at);

    /** The bytes under which a mapping keeps it. */
    public byte[] key(T value) {
        throw new IllegalStateException("not a mapping's key");
    }

    /** An event's topic. */
    public byte[] topic(T value) {
        throw new IllegalStateException("not a topic");
    }
}
