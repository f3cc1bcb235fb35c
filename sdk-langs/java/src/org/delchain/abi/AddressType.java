package org.delchain.abi;

import org.delchain.Address;
import org.delchain.Revert;

final class AddressType extends WordType<Address> {
    AddressType() {
        super(Address.BYTES);
    }

    @Override
    public byte[] toWord(Address value) {
        return value.toWord();
    }

    @Override
    public Address fromWord(byte[] bytes, int at) {
        for (int i = 0; i < 12; i++) if (bytes[at + i] != 0) throw Revert.empty();
        byte[] address = new byte[Address.BYTES];
        System.arraycopy(bytes, at + 12, address, 0, Address.BYTES);
        return new Address(address);
    }
}
