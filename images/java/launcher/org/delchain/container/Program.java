package org.delchain.container;

/**
 * The class of a contract that the launcher starts: it has a public constructor without parameters, and serves one call,
 * which {@link Exchange} gives. Every call has an object, and static fields, of its own.
 */
public interface Program {
    /** Returns the call's output, at most 65,536 bytes. A {@link Revert}, or any other exception, reverts the call. */
    byte[] run() throws Exception;
}
