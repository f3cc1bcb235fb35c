package org.delchain;

/** The transaction that the call belongs to. */
public final class Transaction {
    private Transaction() {}

    public static Address origin() {
        return new Address(Host.origin());
    }

    /** Wei for a unit of gas. */
    public static U256 gasPrice() {
        return U256.fromWord(Host.gasPrice(), 0);
    }
}
