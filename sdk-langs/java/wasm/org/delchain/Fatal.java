package org.delchain;

import org.teavm.backend.wasm.WasmHeap;
import org.teavm.interop.Address;
import org.teavm.interop.Unmanaged;

/**
 * Ends the call with Solidity's {@code Error(string)} from where no object can be made any more.
 */
public final class Fatal {
    private static final int REVERT = 1;

    /** Selector, offset, length, and two words of text. */
    private static final int BYTES_MAX = 4 + 4 * 32;

    private Fatal() {}

    /** Reverts with "java.lang.OutOfMemoryError". */
    @Unmanaged
    public static void outOfMemory() {
        Address text = clear(26);
        text.putLong(0x6e616c2e6176616aL);
        text.add(8).putLong(0x4d664f74754f2e67L);
        text.add(16).putLong(0x72724579726f6d65L);
        text.add(24).putLong(0x000000000000726fL);
        leave(32);
    }

    /** Reverts with "java.lang.NegativeArraySizeException". */
    @Unmanaged
    public static void negativeArraySize() {
        Address text = clear(36);
        text.putLong(0x6e616c2e6176616aL);
        text.add(8).putLong(0x69746167654e2e67L);
        text.add(16).putLong(0x5379617272416576L);
        text.add(24).putLong(0x7065637845657a69L);
        text.add(32).putLong(0x000000006e6f6974L);
        leave(64);
    }

    /** Reverts with "java.lang.StackOverflowError". */
    @Unmanaged
    public static void stackOverflow() {
        Address text = clear(28);
        text.putLong(0x6e616c2e6176616aL);
        text.add(8).putLong(0x4f6b636174532e67L);
        text.add(16).putLong(0x45776f6c66726576L);
        text.add(24).putLong(0x00000000726f7272L);
        leave(32);
    }

    /**
     * Puts selector, offset and length into TeaVM's own scratch buffer; text follows, eight
     * little-endian bytes a number.
     */
    @Unmanaged
    private static Address clear(int textLength) {
        Address data = WasmHeap.buffer;
        for (int i = 0; i < BYTES_MAX; i += 4) data.add(i).putInt(0);
        data.putInt(0xa079c308);
        data.add(4 + 31).putByte((byte) 32);
        data.add(4 + 63).putByte((byte) textLength);
        return data.add(4 + 64);
    }

    @Unmanaged
    private static void leave(int textBytes) {
        Hooks.writeResult(WasmHeap.buffer, 4 + 64 + textBytes);
        Hooks.exitEarly(REVERT);
    }
}
