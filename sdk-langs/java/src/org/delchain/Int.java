package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The number is Solidity's {@code intN}, narrower than the Java type. */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.CLASS)
public @interface Int {
    /** Bits: a multiple of eight that fits the Java type. */
    int value();
}
