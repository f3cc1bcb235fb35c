package org.delchain;

/** A record that implements it is a custom error: {@code throw new Revert(new Poor(who, have))}. */
public interface ContractError {}
