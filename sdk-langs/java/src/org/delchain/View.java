package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Anybody may call the method, which changes nothing: the build refuses one that writes. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface View {}
