package org.delchain.abi;

import org.delchain.I256;
import org.delchain.Revert;
import org.delchain.U256;

final class SignedType extends WordType<I256> {
    private final int bits;

    SignedType(int bits) {
        super(bits / 8);
        this.bits = bits;
    }

    @Override
    public byte[] toWord(I256 value) {
        if (!fits(value)) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return value.toBits().toWord();
    }

    @Override
    public I256 fromWord(byte[] bytes, int at) {
        I256 value = I256.ofBits(U256.fromWord(bytes, at));
        if (!fits(value)) throw Revert.empty();
        return value;
    }

    @Override
    boolean isSigned() {
        return true;
    }

    private boolean fits(I256 value) {
        U256 distance = value.isNegative() ? value.toBits().not() : value.toBits();
        return distance.bitLength() < bits;
    }
}
