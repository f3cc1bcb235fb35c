package org.delchain.abi;

import org.delchain.Array;
import org.delchain.Revert;

/** {@code T[]} and {@code T[n]} for one kind of Java array. */
abstract class ArrayType<A, T> extends Type<A> {
    private final Type<T> items;
    private final int fixedLength;

    /**
     * @param fixedLength negative for a dynamic array.
     */
    ArrayType(Type<T> items, int fixedLength) {
        this.items = items;
        this.fixedLength = fixedLength;
    }

    abstract A make(int length);

    abstract int length(A array);

    abstract T get(A array, int index);

    abstract void set(A array, int index, T value);

    @Override
    public int headBytes() {
        return isDynamic() ? 32 : fixedLength * items.headBytes();
    }

    @Override
    public boolean isDynamic() {
        return fixedLength < 0 || items.isDynamic();
    }

    @Override
    void encode(Encoder out, int at, A array) {
        int length = length(array);
        if (fixedLength < 0) out.putLength(out.reserve(32), length);
        else requireFixed(length);
        int start = isDynamic() ? out.reserve(length * items.headBytes()) : at;
        for (int i = 0; i < length; i++)
            out.put(items, get(array, i), start + i * items.headBytes(), start);
    }

    @Override
    A decode(Decoder in, int at) {
        int length = fixedLength < 0 ? in.length(at) : fixedLength;
        int start = fixedLength < 0 ? at + 32 : at;
        in.require(start, (long) length * items.headBytes());
        A array = make(length);
        for (int i = 0; i < length; i++)
            set(array, i, in.take(items, start + i * items.headBytes(), start));
        return array;
    }

    @Override
    public int bytes() {
        return new Handles.OfArray<>(items, fixedLength).bytes();
    }

    @Override
    public A load(byte[] slot, int offset) {
        Array<T> stored = new Array<>(slot, items, fixedLength);
        A array = make(stored.length());
        for (int i = 0; i < length(array); i++) set(array, i, stored.get(i));
        return array;
    }

    @Override
    public void store(byte[] slot, int offset, A array) {
        Array<T> stored = new Array<>(slot, items, fixedLength);
        int length = length(array);
        if (fixedLength >= 0) requireFixed(length);
        else while (stored.length() > length) stored.pop();
        int before = stored.length();
        for (int i = 0; i < length; i++) {
            if (i < before) stored.set(i, get(array, i));
            else stored.push(get(array, i));
        }
    }

    @Override
    public void clear(byte[] slot, int offset) {
        new Handles.OfArray<>(items, fixedLength).clear(slot, offset);
    }

    private void requireFixed(int length) {
        if (length != fixedLength) throw Revert.panic(Revert.PANIC_INDEX);
    }
}
