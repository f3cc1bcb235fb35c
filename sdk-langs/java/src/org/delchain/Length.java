package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An array of a fixed length: {@code byte @Length(4) []} is {@code bytes4}, {@code U256 @Length(3)
 * []} is {@code uint256[3]}.
 */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.CLASS)
public @interface Length {
    /** How many. */
    int value();
}
