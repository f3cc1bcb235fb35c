package org.delchain;

import org.delchain.abi.Storage;
import org.delchain.abi.Type;

/**
 * Solidity's {@code mapping(K => V)}; {@code V} is a value, a struct, a {@code Mapping} or an
 * {@code Array}.
 */
public final class Mapping<K, V> {
    private final byte[] slot;
    private final Type<K> keys;
    private final Storage<V> values;

    public Mapping(byte[] slot, Type<K> keys, Storage<V> values) {
        this.slot = slot;
        this.keys = keys;
        this.values = values;
    }

    /** Zero, false or empty until it is set. */
    public V get(K key) {
        return values.load(slotOf(key), 0);
    }

    @Writes
    public void set(K key, V value) {
        values.store(slotOf(key), 0, value);
    }

    /** keccak-256 of the key and the mapping's own slot. */
    private byte[] slotOf(K key) {
        return Host.keccak256(Words.concatenate(keys.key(key), slot));
    }
}
