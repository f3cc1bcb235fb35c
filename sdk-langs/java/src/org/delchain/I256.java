package org.delchain;

/** Solidity's {@code int256}: two's complement, checked. */
public final class I256 implements Comparable<I256> {
    public static final I256 ZERO = new I256(U256.ZERO);
    public static final I256 MIN = new I256(new U256(0, 0, 0, Long.MIN_VALUE));
    public static final I256 MAX = new I256(MIN.bits.not());

    private final U256 bits;

    private I256(U256 bits) {
        this.bits = bits;
    }

    public static I256 of(long value) {
        long sign = value >> 63;
        return new I256(new U256(value, sign, sign, sign));
    }

    /** The same 256 bits. */
    public static I256 ofBits(U256 bits) {
        return new I256(bits);
    }

    /** The same 256 bits. */
    public U256 toBits() {
        return bits;
    }

    public boolean isNegative() {
        return bits.limb3 < 0;
    }

    public I256 add(I256 other) {
        I256 sum = new I256(bits.wrappingAdd(other.bits));
        return checked(sum, isNegative() == other.isNegative() && sum.isNegative() != isNegative());
    }

    public I256 subtract(I256 other) {
        I256 difference = new I256(bits.wrappingSubtract(other.bits));
        boolean overflows =
                isNegative() != other.isNegative() && difference.isNegative() != isNegative();
        return checked(difference, overflows);
    }

    public I256 multiply(I256 other) {
        return withSign(
                magnitude().multiply(other.magnitude()), isNegative() != other.isNegative());
    }

    /** Rounds towards zero, as Solidity does. */
    public I256 divide(I256 other) {
        return withSign(magnitude().divide(other.magnitude()), isNegative() != other.isNegative());
    }

    /** Has the sign of the dividend, as in Solidity. */
    public I256 remainder(I256 other) {
        return withSign(magnitude().remainder(other.magnitude()), isNegative());
    }

    public I256 negate() {
        return ZERO.subtract(this);
    }

    /** The absolute value, which for {@link #MIN} only an unsigned number holds. */
    public U256 magnitude() {
        return isNegative() ? U256.ZERO.wrappingSubtract(bits) : bits;
    }

    private static I256 withSign(U256 magnitude, boolean isNegative) {
        I256 value = new I256(isNegative ? U256.ZERO.wrappingSubtract(magnitude) : magnitude);
        return checked(value, !magnitude.isZero() && value.isNegative() != isNegative);
    }

    private static I256 checked(I256 value, boolean overflows) {
        if (overflows) throw Revert.panic(Revert.PANIC_OVERFLOW);
        return value;
    }

    @Override
    public int compareTo(I256 other) {
        if (isNegative() != other.isNegative()) return isNegative() ? -1 : 1;
        return bits.compareTo(other.bits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof I256 && bits.equals(((I256) other).bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    /** Decimal. */
    @Override
    public String toString() {
        return isNegative() ? "-" + magnitude() : bits.toString();
    }
}
