package org.delchain;

/** Bytes, and words of 32 bytes with the most significant first. */
public final class Words {
    public static final int BYTES = 32;

    private static final String DIGITS = "0123456789abcdef";

    private Words() {}

    /** A word of four numbers, most significant first: how the build writes an event's hash. */
    public static byte[] of(long first, long second, long third, long fourth) {
        byte[] word = new byte[BYTES];
        putLong(word, 0, first);
        putLong(word, 8, second);
        putLong(word, 16, third);
        putLong(word, 24, fourth);
        return word;
    }

    public static void putLong(byte[] to, int at, long value) {
        for (int i = 7; i >= 0; i--) {
            to[at + i] = (byte) value;
            value >>>= 8;
        }
    }

    public static long getLong(byte[] from, int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) value = value << 8 | from[at + i] & 255;
        return value;
    }

    /** The slot {@code count} behind a slot, around the end of storage as Solidity counts. */
    public static byte[] plus(byte[] slot, long count) {
        return U256.fromWord(slot, 0).wrappingAdd(U256.of(count)).toWord();
    }

    public static byte[] concatenate(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    public static boolean areEqual(byte[] first, byte[] second) {
        if (first.length != second.length) return false;
        for (int i = 0; i < first.length; i++) if (first[i] != second[i]) return false;
        return true;
    }

    public static int hash(byte[] bytes) {
        int hash = 1;
        for (byte part : bytes) hash = 31 * hash + part;
        return hash;
    }

    public static String toHex(byte[] bytes) {
        char[] text = new char[2 + 2 * bytes.length];
        text[0] = '0';
        text[1] = 'x';
        for (int i = 0; i < bytes.length; i++) {
            text[2 + 2 * i] = DIGITS.charAt(bytes[i] >> 4 & 15);
            text[3 + 2 * i] = DIGITS.charAt(bytes[i] & 15);
        }
        return new String(text);
    }

    /**
     * Throws {@code IllegalArgumentException} unless there are exactly so many bytes, with or
     * without {@code 0x}.
     */
    public static byte[] fromHex(String text, int length) {
        int start = text.startsWith("0x") ? 2 : 0;
        if (text.length() - start != 2 * length) {
            throw new IllegalArgumentException(
                    text + " is not " + 2 * length + " hexadecimal digits");
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            int high = digit(text.charAt(start + 2 * i));
            int low = digit(text.charAt(start + 2 * i + 1));
            if ((high | low) < 0)
                throw new IllegalArgumentException(
                        text + " has a character that is no hexadecimal digit");
            bytes[i] = (byte) (high << 4 | low);
        }
        return bytes;
    }

    private static int digit(char character) {
        if (character >= '0' && character <= '9') return character - '0';
        int letter = character | 32;
        return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
    }
}
