package org.delchain.abi;

import java.util.function.IntFunction;

/** Java has an array type for each primitive; each is an ABI type of its own. */
final class ArrayTypes {
    private ArrayTypes() {}

    static final class Objects<T> extends ArrayType<T[], T> {
        private final IntFunction<T[]> make;

        Objects(Type<T> items, int fixedLength, IntFunction<T[]> make) {
            super(items, fixedLength);
            this.make = make;
        }

        @Override
        T[] make(int length) {
            return make.apply(length);
        }

        @Override
        int length(T[] array) {
            return array.length;
        }

        @Override
        T get(T[] array, int index) {
            return array[index];
        }

        @Override
        void set(T[] array, int index, T value) {
            array[index] = value;
        }
    }

    static final class Booleans extends ArrayType<boolean[], Boolean> {
        Booleans(int fixedLength) {
            super(new BoolType(), fixedLength);
        }

        @Override
        boolean[] make(int length) {
            return new boolean[length];
        }

        @Override
        int length(boolean[] array) {
            return array.length;
        }

        @Override
        Boolean get(boolean[] array, int index) {
            return array[index];
        }

        @Override
        void set(boolean[] array, int index, Boolean value) {
            array[index] = value;
        }
    }

    static final class Longs extends ArrayType<long[], Long> {
        Longs(Type<Long> items, int fixedLength) {
            super(items, fixedLength);
        }

        @Override
        long[] make(int length) {
            return new long[length];
        }

        @Override
        int length(long[] array) {
            return array.length;
        }

        @Override
        Long get(long[] array, int index) {
            return array[index];
        }

        @Override
        void set(long[] array, int index, Long value) {
            array[index] = value;
        }
    }

    static final class Ints extends ArrayType<int[], Integer> {
        Ints(Type<Integer> items, int fixedLength) {
            super(items, fixedLength);
        }

        @Override
        int[] make(int length) {
            return new int[length];
        }

        @Override
        int length(int[] array) {
            return array.length;
        }

        @Override
        Integer get(int[] array, int index) {
            return array[index];
        }

        @Override
        void set(int[] array, int index, Integer value) {
            array[index] = value;
        }
    }

    static final class Shorts extends ArrayType<short[], Short> {
        Shorts(Type<Short> items, int fixedLength) {
            super(items, fixedLength);
        }

        @Override
        short[] make(int length) {
            return new short[length];
        }

        @Override
        int length(short[] array) {
            return array.length;
        }

        @Override
        Short get(short[] array, int index) {
            return array[index];
        }

        @Override
        void set(short[] array, int index, Short value) {
            array[index] = value;
        }
    }
}
