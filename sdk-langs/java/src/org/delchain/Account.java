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
}
