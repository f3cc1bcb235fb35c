package org.delchain.abi;

import org.delchain.Address;
import org.delchain.Array;
import org.delchain.Bytes32;
import org.delchain.I256;
import org.delchain.Mapping;
import org.delchain.U256;

import java.util.function.IntFunction;

/**
 * The types by their Solidity names; a fixed length below zero is a dynamic one. Functions and not
 * constants, so that a module holds only those that it uses.
 */
public final class Types {
    private Types() {}

    public static Type<Boolean> bool() {
        return new BoolType();
    }

    public static Type<Address> address() {
        return new AddressType();
    }

    public static Type<U256> uint(int bits) {
        return new UintType(bits);
    }

    public static Type<I256> signed(int bits) {
        return new SignedType(bits);
    }

    public static Type<Long> longs(int bits, boolean isSigned) {
        return new SmallTypes.Longs(bits, isSigned);
    }

    public static Type<Integer> ints(int bits, boolean isSigned) {
        return new SmallTypes.Ints(bits, isSigned);
    }

    public static Type<Short> shorts(int bits, boolean isSigned) {
        return new SmallTypes.Shorts(bits, isSigned);
    }

    public static Type<Byte> bytes(boolean isSigned) {
        return new SmallTypes.Bytes(isSigned);
    }

    /** All constants of the enum in their order: {@code Size.values()}. */
    public static <E extends Enum<E>> Type<E> enumeration(E[] constants) {
        return new EnumType<>(constants);
    }

    public static Type<Bytes32> bytes32() {
        return new Bytes32Type();
    }

    public static Type<byte[]> fixedBytes(int length) {
        return new FixedBytesType(length);
    }

    public static Type<byte[]> bytes() {
        return new BytesType();
    }

    public static Type<String> string() {
        return new StringType();
    }

    public static <T> Type<T[]> array(Type<T> items, int fixedLength, IntFunction<T[]> make) {
        return new ArrayTypes.Objects<>(items, fixedLength, make);
    }

    public static Type<boolean[]> booleanArray(int fixedLength) {
        return new ArrayTypes.Booleans(fixedLength);
    }

    public static Type<long[]> longArray(Type<Long> items, int fixedLength) {
        return new ArrayTypes.Longs(items, fixedLength);
    }

    public static Type<int[]> intArray(Type<Integer> items, int fixedLength) {
        return new ArrayTypes.Ints(items, fixedLength);
    }

    public static Type<short[]> shortArray(Type<Short> items, int fixedLength) {
        return new ArrayTypes.Shorts(items, fixedLength);
    }

    public static <K, V> Storage<Mapping<K, V>> mapping(Type<K> keys, Storage<V> values) {
        return new Handles.OfMapping<>(keys, values);
    }

    public static <T> Storage<Array<T>> storedArray(Storage<T> items, int fixedLength) {
        return new Handles.OfArray<>(items, fixedLength);
    }
}
