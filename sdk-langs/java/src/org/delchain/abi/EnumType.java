package org.delchain.abi;

import org.delchain.Revert;
import org.delchain.Words;

/** A Solidity {@code enum}: the place of the constant, in a byte. */
final class EnumType<E extends Enum<E>> extends WordType<E> {
    private final E[] constants;

    EnumType(E[] constants) {
        super(1);
        this.constants = constants;
    }

    @Override
    public byte[] toWord(E value) {
        return Words.of(0, 0, 0, value.ordinal());
    }

    @Override
    public E fromWord(byte[] bytes, int at) {
        long place = SmallTypes.low64(bytes, at);
        if (place < 0 || place >= constants.length) throw Revert.empty();
        return constants[(int) place];
    }
}
