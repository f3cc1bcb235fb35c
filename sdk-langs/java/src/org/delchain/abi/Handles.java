package org.delchain.abi;

import org.delchain.Array;
import org.delchain.Mapping;
import org.delchain.Revert;

/** Mappings and arrays inside others: reading one gives a handle, which cannot be assigned. */
final class Handles {
    private Handles() {}

    static final class OfMapping<K, V> implements Storage<Mapping<K, V>> {
        private final Type<K> keys;
        private final Storage<V> values;

        OfMapping(Type<K> keys, Storage<V> values) {
            this.keys = keys;
            this.values = values;
        }

        @Override
        public int bytes() {
            return 32;
        }

        @Override
        public Mapping<K, V> load(byte[] slot, int offset) {
            return new Mapping<>(slot, keys, values);
        }

        @Override
        public void store(byte[] slot, int offset, Mapping<K, V> value) {
            throw new Revert("a mapping cannot be assigned");
        }

        @Override
        public void clear(byte[] slot, int offset) {
            throw new Revert("a mapping cannot be cleared: nobody knows its keys");
        }
    }

    static final class OfArray<T> implements Storage<Array<T>> {
        private final Storage<T> items;
        private final int fixedLength;

        /**
         * @param fixedLength negative for a dynamic array.
         */
        OfArray(Storage<T> items, int fixedLength) {
            this.items = items;
            this.fixedLength = fixedLength;
        }

        @Override
        public int bytes() {
            if (fixedLength < 0) return 32;
            int size = items.bytes();
            int perSlot = 32 / size;
            return size < 32 ? 32 * ((fixedLength + perSlot - 1) / perSlot) : size * fixedLength;
        }

        @Override
        public Array<T> load(byte[] slot, int offset) {
            return new Array<>(slot, items, fixedLength);
        }

        @Override
        public void store(byte[] slot, int offset, Array<T> value) {
            throw new Revert("an array in storage cannot be assigned: set its items");
        }

        @Override
        public void clear(byte[] slot, int offset) {
            Array<T> array = load(slot, offset);
            if (fixedLength < 0) while (array.length() > 0) array.pop();
            else throw new Revert("an array of a fixed length is cleared item by item");
        }
    }
}
