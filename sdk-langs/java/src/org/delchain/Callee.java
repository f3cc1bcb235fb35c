package org.delchain;

/**
 * Another contract, by its address; the classes that the build writes for a {@link
 * ContractInterface} extend it.
 */
public class Callee {
    /** As much as the rule of 63/64 (EIP-150) lets pass. */
    public static final long ALL_GAS = -1;

    private static final int KIND_CALL = 0;
    private static final int KIND_STATIC = 1;
    private static final int KIND_DELEGATE = 2;

    private final Address address;
    private U256 value = U256.ZERO;
    private long gas = ALL_GAS;

    public Callee(Address address) {
        this.address = address;
    }

    /** Sends value with each call from now on. */
    public Callee withValue(U256 amount) {
        value = amount;
        return this;
    }

    /** Gives each call from now on so much gas at most. */
    public Callee withGas(long limit) {
        gas = limit;
        return this;
    }

    /** Calls and returns what the contract returned. Throws {@link CallFailed}. */
    @Writes
    public final byte[] call(byte[] calldata) {
        return run(KIND_CALL, value, calldata);
    }

    /** As {@link #call}, but the contract can change nothing. */
    public final byte[] callStatic(byte[] calldata) {
        return run(KIND_STATIC, U256.ZERO, calldata);
    }

    /** Runs the contract's code on this contract's storage. */
    @Writes
    public final byte[] callDelegate(byte[] calldata) {
        return run(KIND_DELEGATE, U256.ZERO, calldata);
    }

    private byte[] run(int kind, U256 amount, byte[] calldata) {
        CallOutcome outcome = Host.call(kind, address.shared(), amount.toWord(), gas, calldata);
        if (outcome.status != CallOutcome.SUCCESS) throw new CallFailed(outcome);
        return outcome.output;
    }

    /**
     * For methods that return nothing: a call of an account without code would look like success.
     */
    protected final void requireCode() {
        byte[] hash = Host.codeHash(address.shared());
        if (Words.areEqual(hash, NO_ACCOUNT) || Words.areEqual(hash, NO_CODE)) throw Revert.empty();
    }

    private static final byte[] NO_ACCOUNT = new byte[32];

    /** keccak-256 of nothing. */
    private static final byte[] NO_CODE =
            Words.of(
                    0xc5d2460186f7233cL,
                    0x927e7db2dcc703c0L,
                    0xe500b653ca82273bL,
                    0x7bfad8045d85a470L);
}
