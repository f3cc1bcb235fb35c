package org.delchain;

/** Any account. */
public final class Account {
    private Account() {}

    /** This contract's own address. */
    public static Address self() {
        return new Address(Host.self());
    }

    public static U256 balance(Address address) {
        return U256.fromWord(Host.balance(address.shared()), 0);
    }

    public static Bytes32 codeHash(Address address) {
        return new Bytes32(Host.codeHash(address.shared()));
    }

    /** Sends value to an account. Throws {@link CallFailed}. */
    @Writes
    public static void transfer(Address to, U256 amount) {
        new Callee(to).withValue(amount).call(new byte[0]);
    }

    public static byte[] code(Address address) {
        return Host.code(address.shared());
    }

    /**
     * Creates a contract by init code or by an envelope of any tier, with constructor arguments
     * behind it. Throws {@link CallFailed}.
     */
    @Writes
    public static Address create(byte[] code, U256 amount) {
        return created(Host.create(code, amount.toWord(), null));
    }

    /** As {@link #create}, at the address that EIP-1014 gives. */
    @Writes
    public static Address create2(byte[] code, U256 amount, Bytes32 salt) {
        return created(Host.create(code, amount.toWord(), salt.toBytes()));
    }

    private static Address created(CallOutcome outcome) {
        if (outcome.status != CallOutcome.SUCCESS) throw new CallFailed(outcome);
        return new Address(outcome.output);
    }
}
