package org.delchain;

/** Calls of contracts of every tier that run in a later block. */
public final class Messages {
    /** The system contract that takes messages, and calls back. */
    public static final Address CONTRACT =
            Address.fromHex("0000000000000000000000000000000000dc0002");

    private Messages() {}

    /**
     * Calls a contract in a later block, with value and gas from this contract's balance. With {@code callbackGas} the
     * contract is called back: {@code onMessage(bytes32 id, bool success, bytes result)}, by {@link #CONTRACT}, with the
     * value of a message that failed. What is not used comes back.
     *
     * @return the message's id.
     */
    @Writes
    public static Bytes32 send(Address to, U256 value, byte[] data, long gas, long callbackGas) {
        return new Bytes32(Host.send(to.shared(), value.toWord(), data, gas, callbackGas));
    }
}
