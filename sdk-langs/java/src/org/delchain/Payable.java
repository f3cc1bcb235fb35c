package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** With {@link External} or {@link Constructor}: the method takes value; all others refuse it. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface Payable {}
