package org.delchain.abi;

import org.delchain.Revert;

/**
 * {@code bytes1} to {@code bytes32}: on the left of a word in the ABI, on the right of its place in
 * storage.
 */
final class FixedBytesType extends WordType<byte[]> {
    private final int length;

    FixedBytesType(int length) {
        super(length);
        this.length = length;
    }

    @Override
    public byte[] toWord(byte[] value) {
        if (value.length != length) throw Revert.panic(Revert.PANIC_OVERFLOW);
        byte[] word = new byte[32];
        System.arraycopy(value, 0, word, 0, length);
        return word;
    }

    @Override
    public byte[] fromWord(byte[] bytes, int at) {
        for (int i = length; i < 32; i++) if (bytes[at + i] != 0) throw Revert.empty();
        byte[] value = new byte[length];
        System.arraycopy(bytes, at, value, 0, length);
        return value;
    }

    @Override
    int padding() {
        return 32 - length;
    }
}
