package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The method runs once, when the contract is created, with the arguments that follow the code. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Constructor {}
