package org.delchain.container;

/** Ends the call: nothing of it stays but the data, as Solidity's `revert` gives it. */
public class Revert extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final byte[] data;

    /** With data as it is; empty for Solidity's `revert()`. */
    public Revert(byte[] data) {
        super(null, null, false, false);
        this.data = data.clone();
    }

    public final byte[] data() {
        return data.clone();
    }
}
