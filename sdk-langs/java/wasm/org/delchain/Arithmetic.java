package org.delchain;

/** Java's integer division, which the build calls wherever the divisor is no constant. */
public final class Arithmetic {
    private Arithmetic() {}

    public static int divide(int dividend, int divisor) {
        requireDivisor(divisor);
        // WebAssembly traps on the least number by -1, Java wraps around.
        return divisor == -1 ? -dividend : dividend / divisor;
    }

    public static int remainder(int dividend, int divisor) {
        requireDivisor(divisor);
        return dividend % divisor;
    }

    public static long divide(long dividend, long divisor) {
        requireDivisor(divisor);
        return divisor == -1 ? -dividend : dividend / divisor;
    }

    public static long remainder(long dividend, long divisor) {
        requireDivisor(divisor);
        return dividend % divisor;
    }

    private static void requireDivisor(long divisor) {
        if (divisor == 0) throw new ArithmeticException("/ by zero");
    }
}
