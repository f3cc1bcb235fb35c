package org.delchain;

/** Storage of this contract that is empty again when the transaction ends (EIP-1153). */
public final class Transient {
    private Transient() {}

    /** What lies in a slot; zero until something is set. */
    public static Bytes32 get(Bytes32 slot) {
        return new Bytes32(Host.loadTransient(slot.toBytes()));
    }

    @Writes
    public static void set(Bytes32 slot, Bytes32 value) {
        Host.storeTransient(slot.toBytes(), value.toBytes());
    }
}
