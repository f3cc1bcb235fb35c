package org.delchain;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Byte-string keys with their values, in the order of the keys' bytes: {@code for (Range.Entry entry :
 * Range.prefix(key))}.
 */
public final class Range implements Iterable<Range.Entry> {
    /** So many entries are asked for at once, in every SDK. */
    private static final int PAGE = 32;

    private final byte[] from;
    private final byte[] end;
    private final int limit;

    private Range(byte[] from, byte[] end, int limit) {
        this.from = from;
        this.end = end;
        this.limit = limit;
    }

    /** From a key (itself included; empty: the first) to the one before {@code end} (empty: the last). */
    public static Range between(byte[] from, byte[] end) {
        return new Range(from, end, Integer.MAX_VALUE);
    }

    /** The keys that begin with these bytes. */
    public static Range prefix(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xff) {
            length--;
        }
        byte[] end = Arrays.copyOf(prefix, length);
        if (length > 0) {
            end[length - 1]++;
        }
        return between(prefix, end);
    }

    /** At most so many entries: no more is read, nor paid for. */
    public Range limit(int entries) {
        return new Range(from, end, entries);
    }

    @Override
    public Iterator<Entry> iterator() {
        return new Pages(from, end, limit);
    }

    /** A key and its value. */
    public static final class Entry {
        private final byte[] key;
        private final byte[] value;

        Entry(byte[] key, byte[] value) {
            this.key = key;
            this.value = value;
        }

        public byte[] key() {
            return key;
        }

        public byte[] value() {
            return value;
        }
    }

    private static final class Pages implements Iterator<Entry> {
        private final byte[] end;
        private byte[] from;
        private int left;
        private ByteBuffer page = ByteBuffer.allocate(0);

        Pages(byte[] from, byte[] end, int limit) {
            this.from = from;
            this.end = end;
            this.left = limit;
        }

        @Override
        public boolean hasNext() {
            if (left > 0 && !page.hasRemaining()) {
                page = ByteBuffer.wrap(Host.range(Math.min(left, PAGE), from, end));
            }
            if (!page.hasRemaining()) {
                left = 0;
            }
            return left > 0;
        }

        @Override
        public Entry next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] key = new byte[page.getShort()];
            byte[] value = new byte[page.getInt()];
            page.get(key).get(value);
            from = Arrays.copyOf(key, key.length + 1);
            left--;
            return new Entry(key, value);
        }
    }
}
