package org.delchain;

/**
 * Solidity's {@code uint256}: four 64-bit limbs, least significant first. Values never change, so
 * they may be shared. Arithmetic is checked and reverts with Solidity's panics; the {@code
 * wrapping…} methods are modulo 2^256.
 */
public final class U256 implements Comparable<U256> {
    public static final U256 ZERO = new U256(0, 0, 0, 0);
    public static final U256 ONE = new U256(1, 0, 0, 0);
    public static final U256 MAX = new U256(-1, -1, -1, -1);

    final long limb0;
    final long limb1;
    final long limb2;
    final long limb3;

    U256(long limb0, long limb1, long limb2, long limb3) {
        this.limb0 = limb0;
        this.limb1 = limb1;
        this.limb2 = limb2;
        this.limb3 = limb3;
    }

    /** Panics when the number is negative. */
    public static U256 of(long value) {
        if (value < 0) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return new U256(value, 0, 0, 0);
    }

    /** All 64 bits count. */
    public static U256 ofUnsigned(long value) {
        return new U256(value, 0, 0, 0);
    }

    /**
     * Decimal, or hexadecimal behind {@code 0x}. Throws {@code NumberFormatException}; panics
     * beyond 256 bits.
     */
    public static U256 parse(String text) {
        boolean isHex = text.startsWith("0x");
        U256 base = of(isHex ? 16 : 10);
        U256 value = ZERO;
        int start = isHex ? 2 : 0;
        if (start == text.length()) throw new NumberFormatException("no digits in '" + text + "'");
        for (int i = start; i < text.length(); i++) {
            char character = text.charAt(i);
            int digit =
                    character <= '9' ? character - '0' : isHex ? (character | 32) - 'a' + 10 : -1;
            if (digit < 0
                    || digit >= (isHex ? 16 : 10)
                    || (digit >= 10 && (character | 32) < 'a')) {
                throw new NumberFormatException("'" + text + "' is not a number");
            }
            value = value.multiply(base).add(of(digit));
        }
        return value;
    }

    /** 32 bytes at an offset, most significant first. */
    public static U256 fromWord(byte[] bytes, int at) {
        return new U256(
                Words.getLong(bytes, at + 24),
                Words.getLong(bytes, at + 16),
                Words.getLong(bytes, at + 8),
                Words.getLong(bytes, at));
    }

    /** 32 bytes, most significant first. */
    public byte[] toWord() {
        return Words.of(limb3, limb2, limb1, limb0);
    }

    public U256 add(U256 other) {
        U256 sum = wrappingAdd(other);
        if (sum.isLessThan(this)) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return sum;
    }

    public U256 subtract(U256 other) {
        if (isLessThan(other)) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return wrappingSubtract(other);
    }

    public U256 multiply(U256 other) {
        int[] product = Digits.multiply(Digits.of(this), Digits.of(other));
        for (int i = Digits.COUNT; i < product.length; i++) {
            if (product[i] != 0) throw Revert.panic(Revert.PANIC_OVERFLOW);
        }
        return Digits.value(product);
    }

    public U256 divide(U256 divisor) {
        if (divisor.isZero()) throw Revert.panic(Revert.PANIC_DIVISION);
        return Digits.divide(this, divisor, false);
    }

    public U256 remainder(U256 divisor) {
        if (divisor.isZero()) throw Revert.panic(Revert.PANIC_DIVISION);
        return Digits.divide(this, divisor, true);
    }

    /** Panics beyond 256 bits, and for a negative exponent. */
    public U256 power(int exponent) {
        if (exponent < 0) throw Revert.panic(Revert.PANIC_OVERFLOW);
        U256 result = ONE;
        U256 square = this;
        for (int bits = exponent; bits != 0; bits >>= 1) {
            if ((bits & 1) != 0) result = result.multiply(square);
            if (bits > 1) square = square.multiply(square);
        }
        return result;
    }

    public U256 wrappingAdd(U256 other) {
        long sum0 = limb0 + other.limb0;
        long carry = Long.compareUnsigned(sum0, limb0) < 0 ? 1 : 0;
        // A limb of all ones plus the carry is zero again: the second comparison sees it.
        long part1 = limb1 + other.limb1;
        long sum1 = part1 + carry;
        carry =
                Long.compareUnsigned(part1, limb1) < 0 || Long.compareUnsigned(sum1, part1) < 0
                        ? 1
                        : 0;
        long part2 = limb2 + other.limb2;
        long sum2 = part2 + carry;
        carry =
                Long.compareUnsigned(part2, limb2) < 0 || Long.compareUnsigned(sum2, part2) < 0
                        ? 1
                        : 0;
        return new U256(sum0, sum1, sum2, limb3 + other.limb3 + carry);
    }

    public U256 wrappingSubtract(U256 other) {
        long borrow = Long.compareUnsigned(limb0, other.limb0) < 0 ? 1 : 0;
        long part1 = limb1 - other.limb1;
        long rest1 = part1 - borrow;
        borrow =
                Long.compareUnsigned(limb1, other.limb1) < 0
                                || Long.compareUnsigned(part1, borrow) < 0
                        ? 1
                        : 0;
        long part2 = limb2 - other.limb2;
        long rest2 = part2 - borrow;
        borrow =
                Long.compareUnsigned(limb2, other.limb2) < 0
                                || Long.compareUnsigned(part2, borrow) < 0
                        ? 1
                        : 0;
        return new U256(limb0 - other.limb0, rest1, rest2, limb3 - other.limb3 - borrow);
    }

    public U256 wrappingMultiply(U256 other) {
        return Digits.value(Digits.multiply(Digits.of(this), Digits.of(other)));
    }

    public U256 and(U256 other) {
        return new U256(
                limb0 & other.limb0, limb1 & other.limb1, limb2 & other.limb2, limb3 & other.limb3);
    }

    public U256 or(U256 other) {
        return new U256(
                limb0 | other.limb0, limb1 | other.limb1, limb2 | other.limb2, limb3 | other.limb3);
    }

    public U256 xor(U256 other) {
        return new U256(
                limb0 ^ other.limb0, limb1 ^ other.limb1, limb2 ^ other.limb2, limb3 ^ other.limb3);
    }

    public U256 not() {
        return new U256(~limb0, ~limb1, ~limb2, ~limb3);
    }

    /** Zero from 256 bits on, as in Solidity. */
    public U256 shiftLeft(int bits) {
        return Digits.shift(this, bits, true);
    }

    public U256 shiftRight(int bits) {
        return Digits.shift(this, bits, false);
    }

    public boolean isZero() {
        return (limb0 | limb1 | limb2 | limb3) == 0;
    }

    public boolean isLessThan(U256 other) {
        return compareTo(other) < 0;
    }

    public boolean isAtLeast(U256 other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(U256 other) {
        if (limb3 != other.limb3) return Long.compareUnsigned(limb3, other.limb3);
        if (limb2 != other.limb2) return Long.compareUnsigned(limb2, other.limb2);
        if (limb1 != other.limb1) return Long.compareUnsigned(limb1, other.limb1);
        return Long.compareUnsigned(limb0, other.limb0);
    }

    /** The low 64 bits. */
    public long longValue() {
        return limb0;
    }

    /** Panics unless it fits a positive {@code long}. */
    public long toLong() {
        if ((limb1 | limb2 | limb3) != 0 || limb0 < 0) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return limb0;
    }

    /** How many bits the number takes: 0 for zero. */
    public int bitLength() {
        if (limb3 != 0) return 256 - Long.numberOfLeadingZeros(limb3);
        if (limb2 != 0) return 192 - Long.numberOfLeadingZeros(limb2);
        if (limb1 != 0) return 128 - Long.numberOfLeadingZeros(limb1);
        return 64 - Long.numberOfLeadingZeros(limb0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof U256 && compareTo((U256) other) == 0;
    }

    @Override
    public int hashCode() {
        long mixed = limb0 ^ limb1 ^ limb2 ^ limb3;
        return (int) (mixed ^ mixed >>> 32);
    }

    /** Decimal. */
    @Override
    public String toString() {
        if (isZero()) return "0";
        char[] text = new char[78];
        int at = text.length;
        U256 ten = of(10);
        for (U256 rest = this; !rest.isZero(); rest = rest.divide(ten)) {
            text[--at] = (char) ('0' + (int) rest.remainder(ten).limb0);
        }
        return new String(text, at, text.length - at);
    }
}
