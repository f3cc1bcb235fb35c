package org.delchain.container;

/** u32 length | u8 type | u64 exchange | body (PROTOCOL.md, "Frame"). */
record Frame(int type, long exchange, byte[] body) {
    static final int HELLO = 1;
    static final int CALL = 2;
    static final int HOSTCALL = 3;
    static final int HOSTREPLY = 4;
    static final int RESULT = 5;

    /** Type and exchange, the part of `length` that is no body. */
    static final int HEADER_BYTES = 9;
}
