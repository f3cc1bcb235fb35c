package org.delchain;

/** The transaction that the call belongs to. */
public final class Transaction {
    private Transaction() {}

    public static Address origin() {
        return new Address(Host.origin());
    }
}
