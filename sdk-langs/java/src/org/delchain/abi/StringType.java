package org.delchain.abi;

/** {@code string}: UTF-8; what is not is decoded with U+FFFD, as Java does. */
final class StringType extends Type<String> {
    private final BytesType bytes = new BytesType();

    @Override
    public boolean isDynamic() {
        return true;
    }

    @Override
    void encode(Encoder out, int at, String value) {
        bytes.encode(out, at, Utf8.encode(value));
    }

    @Override
    String decode(Decoder in, int at) {
        return Utf8.decode(bytes.decode(in, at));
    }

    @Override
    public byte[] key(String value) {
        return Utf8.encode(value);
    }

    @Override
    public byte[] topic(String value) {
        return bytes.topic(Utf8.encode(value));
    }

    @Override
    public int bytes() {
        return bytes.bytes();
    }

    @Override
    public String load(byte[] slot, int offset) {
        return Utf8.decode(bytes.load(slot, offset));
    }

    @Override
    public void store(byte[] slot, int offset, String value) {
        bytes.store(slot, offset, Utf8.encode(value));
    }

    @Override
    public void clear(byte[] slot, int offset) {
        bytes.clear(slot, offset);
    }
}
