package org.delchain;

/** Solidity's {@code bytes32}: a hash, a key, a role. */
public final class Bytes32 {
    public static final int BYTES = 32;
    public static final Bytes32 ZERO = new Bytes32(new byte[BYTES]);

    private final byte[] bytes;

    /** Owns the 32 bytes from now on. */
    public Bytes32(byte[] bytes) {
        if (bytes.length != BYTES) throw new IllegalArgumentException("a bytes32 has 32 bytes");
        this.bytes = bytes;
    }

    public static Bytes32 fromHex(String digits) {
        return new Bytes32(Words.fromHex(digits, BYTES));
    }

    public static Bytes32 keccak256(byte[] data) {
        return new Bytes32(Host.keccak256(data));
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes32 && Words.areEqual(bytes, ((Bytes32) other).bytes);
    }

    @Override
    public int hashCode() {
        return Words.hash(bytes);
    }

    /** {@code 0x} and 64 hexadecimal digits in lower case. */
    @Override
    public String toString() {
        return Words.toHex(bytes);
    }
}
