package org.delchain.abi;

import org.delchain.Words;

/**
 * A struct; the build writes a subclass for each record that crosses the contract's border or lies
 * in storage.
 */
@SuppressWarnings({"unchecked", "rawtypes"})
public abstract class TupleType<R> extends Type<R> {
    private final Type[] types;

    protected TupleType(Type<?>... types) {
        this.types = types;
    }

    protected abstract Object[] parts(R record);

    protected abstract R of(Object[] parts);

    private int headsOfParts() {
        int bytes = 0;
        for (Type type : types) bytes += type.headBytes();
        return bytes;
    }

    @Override
    public int headBytes() {
        return isDynamic() ? 32 : headsOfParts();
    }

    @Override
    public boolean isDynamic() {
        for (Type type : types) if (type.isDynamic()) return true;
        return false;
    }

    @Override
    void encode(Encoder out, int at, R value) {
        int start = isDynamic() ? out.reserve(headsOfParts()) : at;
        int head = start;
        Object[] parts = parts(value);
        for (int i = 0; i < types.length; i++) {
            out.put(types[i], parts[i], head, start);
            head += types[i].headBytes();
        }
    }

    @Override
    R decode(Decoder in, int at) {
        in.require(at, headsOfParts());
        Object[] parts = new Object[types.length];
        int head = at;
        for (int i = 0; i < types.length; i++) {
            parts[i] = in.take(types[i], head, at);
            head += types[i].headBytes();
        }
        return of(parts);
    }

    @Override
    public int bytes() {
        Layout layout = new Layout();
        for (Type type : types) layout.take(type.bytes());
        return 32 * layout.slots();
    }

    @Override
    public R load(byte[] slot, int offset) {
        Layout layout = new Layout();
        Object[] parts = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            layout.take(types[i].bytes());
            parts[i] = types[i].load(Words.plus(slot, layout.slot()), layout.offset());
        }
        return of(parts);
    }

    @Override
    public void store(byte[] slot, int offset, R value) {
        Layout layout = new Layout();
        Object[] parts = parts(value);
        for (int i = 0; i < types.length; i++) {
            layout.take(types[i].bytes());
            types[i].store(Words.plus(slot, layout.slot()), layout.offset(), parts[i]);
        }
    }

    @Override
    public void clear(byte[] slot, int offset) {
        Layout layout = new Layout();
        for (Type type : types) {
            layout.take(type.bytes());
            type.clear(Words.plus(slot, layout.slot()), layout.offset());
        }
    }
}
