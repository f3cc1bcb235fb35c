package org.delchain;

/** What {@link NonReentrant} does: a slot of its own says whether such a method is open. */
public final class ReentrancyGuard {
    /** keccak-256 of "org.delchain.ReentrancyGuard": no field's slot and no mapping's. */
    private static final byte[] SLOT =
            Words.of(
                    0xd5668afcaf41a233L,
                    0x2b360b77848371c2L,
                    0xc557f65c4779d3b5L,
                    0x00c016f272d7d212L);

    private ReentrancyGuard() {}

    @Writes
    public static void enter() {
        if (Host.loadStorage(SLOT)[31] != 0) throw new Revert("reentrant call");
        Host.storeStorage(SLOT, Words.of(0, 0, 0, 1));
    }

    @Writes
    public static void leave() {
        Host.storeStorage(SLOT, new byte[32]);
    }
}
