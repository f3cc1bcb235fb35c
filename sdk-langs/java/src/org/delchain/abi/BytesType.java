package org.delchain.abi;

import org.delchain.Host;
import org.delchain.Revert;
import org.delchain.U256;
import org.delchain.Words;

/**
 * {@code bytes}; in storage up to 31 of them lie in the slot itself, longer ones behind its hash.
 */
final class BytesType extends Type<byte[]> {
    private static final int SHORT_MAX = 31;

    @Override
    public boolean isDynamic() {
        return true;
    }

    @Override
    void encode(Encoder out, int at, byte[] value) {
        int start = out.reserve(32 + (value.length + 31 & ~31));
        out.putLength(start, value.length);
        out.putBytes(start + 32, value);
    }

    @Override
    byte[] decode(Decoder in, int at) {
        int length = in.length(at);
        in.require(at + 32, length);
        byte[] value = new byte[length];
        System.arraycopy(in.data, at + 32, value, 0, length);
        return value;
    }

    @Override
    public byte[] key(byte[] value) {
        return value;
    }

    @Override
    public byte[] topic(byte[] value) {
        return Host.keccak256(value);
    }

    @Override
    public int bytes() {
        return 32;
    }

    @Override
    public byte[] load(byte[] slot, int offset) {
        byte[] head = Host.loadStorage(slot);
        int length = lengthOf(head);
        byte[] value = new byte[length];
        if (length <= SHORT_MAX) {
            System.arraycopy(head, 0, value, 0, length);
            return value;
        }
        byte[] start = Host.keccak256(slot);
        for (int at = 0; at < length; at += 32) {
            byte[] word = Host.loadStorage(Words.plus(start, at / 32));
            System.arraycopy(word, 0, value, at, Math.min(32, length - at));
        }
        return value;
    }

    @Override
    public void store(byte[] slot, int offset, byte[] value) {
        int before = slotsOf(lengthOf(Host.loadStorage(slot)));
        int after = slotsOf(value.length);
        byte[] start = before > 0 || after > 0 ? Host.keccak256(slot) : slot;
        for (int i = 0; i < after || i < before; i++) {
            byte[] word = new byte[32];
            if (i < after)
                System.arraycopy(value, 32 * i, word, 0, Math.min(32, value.length - 32 * i));
            Host.storeStorage(Words.plus(start, i), word);
        }
        byte[] head = new byte[32];
        if (after == 0) {
            System.arraycopy(value, 0, head, 0, value.length);
            head[31] = (byte) (2 * value.length);
        } else {
            head = U256.of(2L * value.length + 1).toWord();
        }
        Host.storeStorage(slot, head);
    }

    @Override
    public void clear(byte[] slot, int offset) {
        store(slot, offset, new byte[0]);
    }

    private static int slotsOf(int length) {
        return length <= SHORT_MAX ? 0 : (length + 31) / 32;
    }

    private static int lengthOf(byte[] head) {
        if ((head[31] & 1) == 0) return (head[31] & 255) / 2;
        long length = U256.fromWord(head, 0).shiftRight(1).toLong();
        if (length > Integer.MAX_VALUE) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return (int) length;
    }
}
