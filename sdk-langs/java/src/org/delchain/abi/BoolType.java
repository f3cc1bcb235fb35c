package org.delchain.abi;

import org.delchain.Revert;
import org.delchain.Words;

final class BoolType extends WordType<Boolean> {
    BoolType() {
        super(1);
    }

    @Override
    public byte[] toWord(Boolean value) {
        return Words.of(0, 0, 0, value ? 1 : 0);
    }

    @Override
    public Boolean fromWord(byte[] bytes, int at) {
        long value = SmallTypes.low64(bytes, at);
        if (value >>> 1 != 0) throw Revert.empty();
        return value != 0;
    }
}
