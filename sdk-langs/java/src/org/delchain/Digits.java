package org.delchain;

/**
 * 256-bit numbers as eight 32-bit digits, least significant first: a product of two digits fits a
 * {@code long}.
 */
final class Digits {
    static final int COUNT = 8;

    private static final long MASK = 0xffffffffL;

    private Digits() {}

    static int[] of(U256 value) {
        return new int[] {
            (int) value.limb0, (int) (value.limb0 >>> 32),
            (int) value.limb1, (int) (value.limb1 >>> 32),
            (int) value.limb2, (int) (value.limb2 >>> 32),
            (int) value.limb3, (int) (value.limb3 >>> 32),
        };
    }

    /** Of the low eight digits. */
    static U256 value(int[] digits) {
        return new U256(limb(digits, 0), limb(digits, 2), limb(digits, 4), limb(digits, 6));
    }

    private static long limb(int[] digits, int at) {
        return digits[at] & MASK | (long) digits[at + 1] << 32;
    }

    /** All sixteen digits of the product. */
    static int[] multiply(int[] a, int[] b) {
        int[] product = new int[2 * COUNT];
        for (int i = 0; i < COUNT; i++) {
            long digit = a[i] & MASK;
            if (digit == 0) continue;
            long carry = 0;
            for (int j = 0; j < COUNT; j++) {
                long step = digit * (b[j] & MASK) + (product[i + j] & MASK) + carry;
                product[i + j] = (int) step;
                carry = step >>> 32;
            }
            product[i + COUNT] = (int) carry;
        }
        return product;
    }

    static U256 shift(U256 value, int bits, boolean isLeft) {
        if (bits < 0 || bits >= 256) return U256.ZERO;
        int[] from = of(value);
        int[] to = new int[COUNT];
        int whole = bits >> 5;
        int rest = bits & 31;
        for (int i = 0; i < COUNT; i++) {
            int at = isLeft ? i - whole : i + whole;
            long near = at >= 0 && at < COUNT ? from[at] & MASK : 0;
            int beside = isLeft ? at - 1 : at + 1;
            long far = beside >= 0 && beside < COUNT ? from[beside] & MASK : 0;
            to[i] =
                    (int)
                            (isLeft
                                    ? near << rest | far << rest >>> 32
                                    : near >>> rest | far << 32 >>> rest);
        }
        return value(to);
    }

    /**
     * Quotient or remainder; the divisor is not zero. Knuth, The Art of Computer Programming,
     * 4.3.1, algorithm D.
     */
    static U256 divide(U256 value, U256 divisor, boolean wantsRemainder) {
        if (value.isLessThan(divisor)) return wantsRemainder ? value : U256.ZERO;
        int[] v = of(divisor);
        int n = COUNT;
        while (v[n - 1] == 0) n--;
        int shift = Integer.numberOfLeadingZeros(v[n - 1]);
        v = of(divisor.shiftLeft(shift));
        int[] u = new int[COUNT + 1];
        System.arraycopy(of(value.shiftLeft(shift)), 0, u, 0, COUNT);
        u[COUNT] = shift == 0 ? 0 : (int) (value.limb3 >>> 64 - shift);
        int[] quotient = new int[COUNT];
        for (int j = COUNT - n; j >= 0; j--) quotient[j] = step(u, v, n, j);
        if (!wantsRemainder) return value(quotient);
        U256 rest = value(u).shiftRight(shift);
        return rest;
    }

    /** One digit of the quotient; takes its multiple of the divisor off {@code u}. */
    private static int step(int[] u, int[] v, int n, int j) {
        long top = v[n - 1] & MASK;
        long head = (long) u[j + n] << 32 | u[j + n - 1] & MASK;
        long estimate = Long.divideUnsigned(head, top);
        long rest = head - estimate * top;
        long second = n > 1 ? v[n - 2] & MASK : 0;
        while (estimate > MASK
                || n > 1
                        && Long.compareUnsigned(estimate * second, rest << 32 | u[j + n - 2] & MASK)
                                > 0) {
            estimate--;
            rest += top;
            if (rest > MASK) break;
        }
        if (subtract(u, v, n, j, estimate)) {
            // The estimate was one too large, which happens about once in two billion steps.
            estimate--;
            long carry = 0;
            for (int i = 0; i < n; i++) {
                carry += (u[i + j] & MASK) + (v[i] & MASK);
                u[i + j] = (int) carry;
                carry >>>= 32;
            }
            u[j + n] += (int) carry;
        }
        return (int) estimate;
    }

    private static boolean subtract(int[] u, int[] v, int n, int j, long factor) {
        long borrow = 0;
        long carry = 0;
        for (int i = 0; i < n; i++) {
            long product = factor * (v[i] & MASK) + carry;
            carry = product >>> 32;
            long difference = (u[i + j] & MASK) - (product & MASK) - borrow;
            u[i + j] = (int) difference;
            borrow = difference >>> 63;
        }
        long difference = (u[j + n] & MASK) - carry - borrow;
        u[j + n] = (int) difference;
        return difference < 0;
    }
}
