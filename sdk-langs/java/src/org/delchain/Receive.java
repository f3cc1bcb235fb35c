package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The method takes plain value: it runs when calldata is empty. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Receive {}
