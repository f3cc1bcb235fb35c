package org.delchain.build;

import java.nio.charset.StandardCharsets;

/** keccak-256 at build time and in tests: the JDK has only the padding of the later standard. */
public final class Keccak {
    private static final int RATE = 136;
    private static final int ROUNDS = 24;

    private Keccak() {}

    /** 64 hexadecimal digits: an event's first topic; a selector is the first eight. */
    static String hash(String text) {
        StringBuilder digits = new StringBuilder();
        for (byte part : digest(text.getBytes(StandardCharsets.UTF_8))) {
            digits.append(String.format("%02x", part));
        }
        return digits.toString();
    }

    /** 32 bytes. */
    public static byte[] digest(byte[] input) {
        byte[] padded = new byte[(input.length / RATE + 1) * RATE];
        System.arraycopy(input, 0, padded, 0, input.length);
        padded[input.length] = 1;
        padded[padded.length - 1] |= (byte) 0x80;
        long[] state = new long[25];
        for (int block = 0; block < padded.length; block += RATE) {
            for (int i = 0; i < RATE; i++) {
                state[i / 8] ^= (padded[block + i] & 255L) << 8 * (i % 8);
            }
            permute(state);
        }
        byte[] digest = new byte[32];
        for (int i = 0; i < 32; i++) digest[i] = (byte) (state[i / 8] >>> 8 * (i % 8));
        return digest;
    }

    private static void permute(long[] a) {
        int feedback = 1;
        for (int round = 0; round < ROUNDS; round++) {
            theta(a);
            rhoPi(a);
            for (int y = 0; y < 25; y += 5) {
                long[] row = {a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
                for (int x = 0; x < 5; x++)
                    a[y + x] = row[x] ^ ~row[(x + 1) % 5] & row[(x + 2) % 5];
            }
            // The round constant's bits come from a shift register of eight bits.
            for (int i = 0; i < 7; i++) {
                if ((feedback & 1) != 0) a[0] ^= 1L << (1 << i) - 1;
                feedback = feedback << 1 ^ (feedback >> 7) * 0x171;
            }
        }
    }

    private static void theta(long[] a) {
        long[] column = new long[5];
        for (int x = 0; x < 5; x++) column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int i = 0; i < 25; i++)
            a[i] ^= column[(i + 4) % 5] ^ Long.rotateLeft(column[(i + 1) % 5], 1);
    }

    private static void rhoPi(long[] a) {
        int x = 1;
        int y = 0;
        long current = a[1];
        for (int step = 0; step < 24; step++) {
            int nextX = y;
            y = (2 * x + 3 * y) % 5;
            x = nextX;
            long moved = a[x + 5 * y];
            a[x + 5 * y] = Long.rotateLeft(current, (step + 1) * (step + 2) / 2);
            current = moved;
        }
    }
}
