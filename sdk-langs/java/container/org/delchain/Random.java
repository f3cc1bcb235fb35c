package org.delchain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Random numbers from the call's seed: the same on every host, and in every SDK (sdk-langs/abi/random.json). One stream a
 * call: what was drawn is not drawn again.
 */
public final class Random {
    private static final byte[] DOMAIN = "delchain.random".getBytes(StandardCharsets.US_ASCII);
    private static final int WORD_BYTES = 32;

    private static long blocks;
    private static byte[] block = new byte[0];
    private static int used;

    private Random() {}

    /** Block n of the stream is keccak256("delchain.random" || seed || u64 n). */
    public static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            if (used == block.length) {
                ByteBuffer preimage = ByteBuffer.allocate(DOMAIN.length + WORD_BYTES + Long.BYTES);
                preimage.put(DOMAIN).put(Host.seed()).putLong(blocks++);
                block = Host.keccak256(preimage.array());
                used = 0;
            }
            bytes[i] = block[used++];
        }
        return bytes;
    }

    public static U256 u256() {
        return U256.fromWord(bytes(WORD_BYTES), 0);
    }

    /**
     * 0 to {@code bound} - 1, each as likely as any other: draws beyond the last whole multiple of the bound are drawn
     * again.
     */
    public static U256 below(U256 bound) {
        Revert.require(!bound.isZero(), "a random number below 0");
        U256 last = U256.MAX.subtract(U256.MAX.remainder(bound).add(U256.ONE).remainder(bound));
        while (true) {
            U256 drawn = u256();
            if (last.isAtLeast(drawn)) {
                return drawn.remainder(bound);
            }
        }
    }
}
