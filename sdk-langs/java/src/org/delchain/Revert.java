package org.delchain;

import org.delchain.abi.Encoder;
import org.delchain.abi.Types;

/**
 * Ends the call and undoes what it did; the caller sees the data. A contract that catches it goes
 * on instead.
 */
public class Revert extends RuntimeException {
    /** Solidity's panic codes. */
    public static final int PANIC_OVERFLOW = 0x11;

    public static final int PANIC_DIVISION = 0x12;
    public static final int PANIC_EMPTY_ARRAY = 0x31;
    public static final int PANIC_INDEX = 0x32;

    private static final int ERROR_SELECTOR = 0x08c379a0;
    private static final int PANIC_SELECTOR = 0x4e487b71;

    private final byte[] data;

    /** With raw revert data. */
    public Revert(byte[] data) {
        // Where it was thrown is no part of the outcome.
        super(null, null, false, false);
        this.data = data;
    }

    /** With Solidity's {@code Error(string)}. */
    public Revert(String reason) {
        this(new Encoder(ERROR_SELECTOR).add(Types.string(), reason).finish());
    }

    /** With a custom error. */
    public Revert(ContractError error) {
        this(Entry.current.encode(error));
    }

    /**
     * As Solidity does when calldata does not decode, no method has the selector, or value is not
     * expected.
     */
    public static Revert empty() {
        return new Revert(new byte[0]);
    }

    /** With Solidity's {@code Panic(uint256)}. */
    public static Revert panic(int code) {
        return new Revert(new Encoder(PANIC_SELECTOR).add(Types.uint(256), U256.of(code)).finish());
    }

    /** What the caller sees. */
    public byte[] data() {
        return data;
    }

    public static void require(boolean condition, String reason) {
        if (!condition) throw new Revert(reason);
    }

    public static void require(boolean condition, ContractError error) {
        if (!condition) throw new Revert(error);
    }
}
