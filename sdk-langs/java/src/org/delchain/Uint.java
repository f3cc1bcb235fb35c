package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The number is Solidity's {@code uintN}. A {@code long} of 64 bits and an {@code int} of 32 hold
 * it as unsigned bits.
 */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.CLASS)
public @interface Uint {
    /** Bits: a multiple of eight that fits the Java type. */
    int value();
}
