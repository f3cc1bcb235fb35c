package org.delchain.container;

/**
 * Keccak-256 as Ethereum uses it: padding 0x01, not SHA-3's 0x06 (Yellow Paper, appendix B). It lies in the launcher, not in
 * each call's class loader, so that it is compiled once.
 */
public final class Keccak {
    /** 200 bytes of state less twice the 32 bytes of the hash. */
    private static final int RATE = 136;
    private static final int HASH_BYTES = 32;
    private static final int ROUNDS = 24;
    /** The steps rho and pi walk one cycle through all lanes but the first: the next lane, and how far bits turn. */
    private static final int[] LANES = {10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1};
    private static final int[] TURNS = {1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44};
    private static final long[] CONSTANTS = constants();

    private Keccak() {
    }

    /** 32 bytes. */
    public static byte[] hash(byte[] data) {
        byte[] padded = new byte[(data.length / RATE + 1) * RATE];
        System.arraycopy(data, 0, padded, 0, data.length);
        padded[data.length] = 1;
        padded[padded.length - 1] |= (byte) 0x80;
        long[] lanes = new long[25];
        for (int block = 0; block < padded.length; block += RATE) {
            for (int at = 0; at < RATE; at++) {
                lanes[at / 8] ^= (padded[block + at] & 0xffL) << 8 * (at % 8);
            }
            permute(lanes);
        }
        byte[] hash = new byte[HASH_BYTES];
        for (int at = 0; at < HASH_BYTES; at++) {
            hash[at] = (byte) (lanes[at / 8] >>> 8 * (at % 8));
        }
        return hash;
    }

    /** Keccak-f[1600]: FIPS 202, section 3.3. */
    private static void permute(long[] lanes) {
        long[] columns = new long[5];
        for (int round = 0; round < ROUNDS; round++) {
            for (int x = 0; x < 5; x++) {
                columns[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
            }
            for (int x = 0; x < 5; x++) {
                long change = columns[(x + 4) % 5] ^ Long.rotateLeft(columns[(x + 1) % 5], 1);
                for (int row = 0; row < 25; row += 5) {
                    lanes[row + x] ^= change;
                }
            }
            long carried = lanes[1];
            for (int step = 0; step < LANES.length; step++) {
                long replaced = lanes[LANES[step]];
                lanes[LANES[step]] = Long.rotateLeft(carried, TURNS[step]);
                carried = replaced;
            }
            for (int row = 0; row < 25; row += 5) {
                System.arraycopy(lanes, row, columns, 0, 5);
                for (int x = 0; x < 5; x++) {
                    lanes[row + x] = columns[x] ^ (~columns[(x + 1) % 5] & columns[(x + 2) % 5]);
                }
            }
            lanes[0] ^= CONSTANTS[round];
        }
    }

    /** From the LFSR of FIPS 202, section 3.2.5. */
    private static long[] constants() {
        long[] constants = new long[ROUNDS];
        int lfsr = 1;
        for (int round = 0; round < ROUNDS; round++) {
            for (int bit = 0; bit < 7; bit++) {
                if ((lfsr & 1) == 1) {
                    constants[round] |= 1L << ((1 << bit) - 1);
                }
                lfsr = (lfsr << 1 ^ (lfsr >> 7) * 0x71) & 0xff;
            }
        }
        return constants;
    }
}
