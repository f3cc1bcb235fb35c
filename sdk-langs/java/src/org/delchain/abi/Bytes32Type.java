package org.delchain.abi;

import org.delchain.Bytes32;

final class Bytes32Type extends WordType<Bytes32> {
    Bytes32Type() {
        super(Bytes32.BYTES);
    }

    @Override
    public byte[] toWord(Bytes32 value) {
        return value.toBytes();
    }

    @Override
    public Bytes32 fromWord(byte[] bytes, int at) {
        byte[] value = new byte[Bytes32.BYTES];
        System.arraycopy(bytes, at, value, 0, Bytes32.BYTES);
        return new Bytes32(value);
    }
}
