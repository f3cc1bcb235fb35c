package org.delchain.abi;

import org.delchain.Host;

/** A type whose values fit a word. */
public abstract class WordType<T> extends Type<T> {
    private final int bytes;

    /**
     * @param bytes how many of the word's 32 a value needs; packed storage gives it no more.
     */
    protected WordType(int bytes) {
        this.bytes = bytes;
    }

    /** 32 bytes as the ABI has them. */
    public abstract byte[] toWord(T value);

    /** Reverts when the 32 bytes at a place are not of the type, as Solidity's decoder does. */
    public abstract T fromWord(byte[] bytes, int at);

    /**
     * For types that the ABI aligns to the left: how far a value is from the low end of its word.
     */
    int padding() {
        return 0;
    }

    @Override
    final void encode(Encoder out, int at, T value) {
        out.putWord(at, toWord(value));
    }

    @Override
    final T decode(Decoder in, int at) {
        return fromWord(in.data, at);
    }

    @Override
    public final byte[] key(T value) {
        return toWord(value);
    }

    @Override
    public final byte[] topic(T value) {
        return toWord(value);
    }

    @Override
    public final int bytes() {
        return bytes;
    }

    @Override
    public final T load(byte[] slot, int offset) {
        byte[] stored = Host.loadStorage(slot);
        if (bytes == 32) return fromWord(stored, 0);
        byte[] word = new byte[32];
        // What is stored is cut off by its size; numbers below zero get their sign back.
        System.arraycopy(stored, 32 - offset - bytes, word, 32 - padding() - bytes, bytes);
        if (isSigned() && word[32 - bytes] < 0) for (int i = 0; i < 32 - bytes; i++) word[i] = -1;
        return fromWord(word, 0);
    }

    @Override
    public final void store(byte[] slot, int offset, T value) {
        byte[] word = toWord(value);
        if (bytes == 32) {
            Host.storeStorage(slot, word);
            return;
        }
        byte[] stored = Host.loadStorage(slot);
        System.arraycopy(word, 32 - padding() - bytes, stored, 32 - offset - bytes, bytes);
        Host.storeStorage(slot, stored);
    }

    @Override
    public final void clear(byte[] slot, int offset) {
        byte[] stored = bytes == 32 ? new byte[32] : Host.loadStorage(slot);
        for (int i = 0; i < bytes; i++) stored[32 - offset - bytes + i] = 0;
        Host.storeStorage(slot, stored);
    }

    boolean isSigned() {
        return false;
    }
}
