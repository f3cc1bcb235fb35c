package org.delchain.abi;

import org.delchain.Revert;
import org.delchain.U256;

final class UintType extends WordType<U256> {
    private final int bits;

    UintType(int bits) {
        super(bits / 8);
        this.bits = bits;
    }

    /**
     * Panics when the number is too large for the type, as Solidity's checked arithmetic would
     * have.
     */
    @Override
    public byte[] toWord(U256 value) {
        if (value.bitLength() > bits) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return value.toWord();
    }

    @Override
    public U256 fromWord(byte[] bytes, int at) {
        U256 value = U256.fromWord(bytes, at);
        if (value.bitLength() > bits) throw Revert.empty();
        return value;
    }
}
