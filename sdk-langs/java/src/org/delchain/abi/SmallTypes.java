package org.delchain.abi;

import org.delchain.Revert;
import org.delchain.Words;

/** Numbers in Java's own types. A type as wide as its Java type holds unsigned numbers as bits. */
final class SmallTypes {
    private SmallTypes() {}

    /** The low half of a word whose other bytes are zero. */
    static long low64(byte[] bytes, int at) {
        for (int i = 0; i < 24; i++) if (bytes[at + i] != 0) throw Revert.empty();
        return Words.getLong(bytes, at + 24);
    }

    abstract static class Number<T> extends WordType<T> {
        private final int bits;
        private final boolean isSigned;

        Number(int bits, boolean isSigned) {
            super(bits / 8);
            this.bits = bits;
            this.isSigned = isSigned;
        }

        final byte[] wordOf(long value) {
            long cut =
                    isSigned ? value << 64 - bits >> 64 - bits : value << 64 - bits >>> 64 - bits;
            if (cut != value) throw Revert.panic(Revert.PANIC_OVERFLOW);
            long sign = isSigned ? value >> 63 : 0;
            return Words.of(sign, sign, sign, value);
        }

        final long numberAt(byte[] bytes, int at) {
            if (!isSigned) {
                long value = low64(bytes, at);
                if (value << 64 - bits >>> 64 - bits != value) throw Revert.empty();
                return value;
            }
            long value = Words.getLong(bytes, at + 24);
            byte sign = (byte) (value >> 63);
            for (int i = 0; i < 24; i++) if (bytes[at + i] != sign) throw Revert.empty();
            if (value << 64 - bits >> 64 - bits != value) throw Revert.empty();
            return value;
        }

        @Override
        final boolean isSigned() {
            return isSigned;
        }

        final boolean isUnsigned(int width) {
            return !isSigned && bits == width;
        }
    }

    static final class Longs extends Number<Long> {
        Longs(int bits, boolean isSigned) {
            super(bits, isSigned);
        }

        @Override
        public byte[] toWord(Long value) {
            return wordOf(value);
        }

        @Override
        public Long fromWord(byte[] bytes, int at) {
            return numberAt(bytes, at);
        }
    }

    static final class Ints extends Number<Integer> {
        Ints(int bits, boolean isSigned) {
            super(bits, isSigned);
        }

        @Override
        public byte[] toWord(Integer value) {
            return wordOf(isUnsigned(32) ? value & 0xffffffffL : value);
        }

        @Override
        public Integer fromWord(byte[] bytes, int at) {
            return (int) numberAt(bytes, at);
        }
    }

    static final class Shorts extends Number<Short> {
        Shorts(int bits, boolean isSigned) {
            super(bits, isSigned);
        }

        @Override
        public byte[] toWord(Short value) {
            return wordOf(isUnsigned(16) ? value & 0xffff : value);
        }

        @Override
        public Short fromWord(byte[] bytes, int at) {
            return (short) numberAt(bytes, at);
        }
    }

    static final class Bytes extends Number<Byte> {
        Bytes(boolean isSigned) {
            super(8, isSigned);
        }

        @Override
        public byte[] toWord(Byte value) {
            return wordOf(isUnsigned(8) ? value & 0xff : value);
        }

        @Override
        public Byte fromWord(byte[] bytes, int at) {
            return (byte) numberAt(bytes, at);
        }
    }
}
