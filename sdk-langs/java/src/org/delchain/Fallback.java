package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The method runs when no other one takes the call; {@link Message#data()} is what was sent. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Fallback {}
