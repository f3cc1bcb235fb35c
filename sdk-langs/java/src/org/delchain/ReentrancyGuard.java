package org.delchain;

/** What {@link NonReentrant} does: a transient slot of its own says whether such a method is
 * open. */
public final class ReentrancyGuard {
    /** keccak-256 of "org.delchain.ReentrancyGuard": no field's slot and no mapping's. */
    private static final byte[] SLOT =
            Words.of(
                    0xd5668afcaf41a233L,
                    0x2b360b77848371c2L,
                    0xc557f65c4779d3b5L,
                    0x00c016f272d7d212L);

    /** The selector of OpenZeppelin's {@code ReentrancyGuardReentrantCall()}. */
    private static final byte[] ERROR = {0x3e, (byte) 0xe5, (byte) 0xae, (byte) 0xb5};

    private ReentrancyGuard() {}

    @Writes
    public static void enter() {
        if (Host.loadTransient(SLOT)[31] != 0) throw new Revert(ERROR.clone());
        Host.storeTransient(SLOT, Words.of(0, 0, 0, 1));
    }

    @Writes
    public static void leave() {
        Host.storeTransient(SLOT, new byte[32]);
    }
}
