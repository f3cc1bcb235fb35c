package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Anybody may call the method, by its Solidity selector. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface External {}
