package org.delchain;

/** The block that the call belongs to. */
public final class Block {
    private Block() {}

    public static long number() {
        return Host.blockNumber();
    }

    /** Seconds since 1970. */
    public static long timestamp() {
        return Host.blockTimestamp();
    }

    public static long chainId() {
        return Host.chainId();
    }

    public static U256 baseFee() {
        return U256.fromWord(Host.basefee(), 0);
    }

    public static Address coinbase() {
        return new Address(Host.coinbase());
    }
}
