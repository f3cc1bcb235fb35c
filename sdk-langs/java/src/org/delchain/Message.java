package org.delchain;

/** The call that runs. */
public final class Message {
    private Message() {}

    public static Address sender() {
        return new Address(Host.caller());
    }

    public static U256 value() {
        return U256.fromWord(Host.value(), 0);
    }

    /** The calldata, selector included. */
    public static byte[] data() {
        return Host.calldata();
    }

    public static long gasLeft() {
        return Host.gasLeft();
    }
}
