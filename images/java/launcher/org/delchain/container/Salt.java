package org.delchain.container;

import java.util.Set;
import jdk.internal.misc.Unsafe;

/** Java seeds the order of `Set.of` and `Map.of` with the clock when it starts; here it is the same everywhere. */
final class Salt {
    private static final String COLLECTIONS = "java.util.ImmutableCollections";
    /** Any constant does: the golden ratio's first 32 bits. */
    private static final long SALT = 0x9e37_79b9L;

    private Salt() {
    }

    /** Before any contract's class is loaded. Only the order of walks depends on the salt, not where elements lie. */
    static void fix() {
        try {
            Class<?> collections = Class.forName(COLLECTIONS, true, Set.class.getClassLoader());
            Unsafe unsafe = Unsafe.getUnsafe();
            unsafe.putLong(collections, unsafe.objectFieldOffset(collections, "SALT32L"), SALT);
            unsafe.putBoolean(collections, unsafe.objectFieldOffset(collections, "REVERSE"), false);
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
