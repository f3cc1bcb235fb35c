package org.delchain;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** While the method is open no such method of this contract can be entered again. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.CLASS)
public @interface NonReentrant {}
