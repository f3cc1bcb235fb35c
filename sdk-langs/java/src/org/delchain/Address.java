package org.delchain;

/** An account's 20 bytes. */
public final class Address {
    public static final int BYTES = 20;
    public static final Address ZERO = new Address(new byte[BYTES]);

    private final byte[] bytes;

    /** Owns the 20 bytes from now on. */
    public Address(byte[] bytes) {
        if (bytes.length != BYTES) throw new IllegalArgumentException("an address has 20 bytes");
        this.bytes = bytes;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /** For the SDK, which does not change it. */
    byte[] shared() {
        return bytes;
    }

    public boolean isZero() {
        return equals(ZERO);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address && Words.areEqual(bytes, ((Address) other).bytes);
    }

    @Override
    public int hashCode() {
        return Words.hash(bytes);
    }

    /** {@code 0x} and 40 hexadecimal digits in lower case. */
    @Override
    public String toString() {
        return Words.toHex(bytes);
    }

    public static Address fromHex(String digits) {
        return new Address(Words.fromHex(digits, BYTES));
    }

    /** For codecs: the address in the low 20 bytes of a word. */
    public byte[] toWord() {
        byte[] word = new byte[32];
        System.arraycopy(bytes, 0, word, 32 - BYTES, BYTES);
        return word;
    }
}
