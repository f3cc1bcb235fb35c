package org.delchain.abi;

/** UTF-8, because the class library's charsets take more of a module than a whole token. */
public final class Utf8 {
    private static final char REPLACEMENT = '\ufffd';

    private Utf8() {}

    public static byte[] encode(String text) {
        byte[] bytes = new byte[3 * text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            int code = text.charAt(i);
            if (code >= 0xd800 && code < 0xe000) {
                boolean isPair =
                        code < 0xdc00
                                && i + 1 < text.length()
                                && text.charAt(i + 1) >> 10 == 0xdc00 >> 10;
                // Half a pair becomes a question mark, as in Java.
                code = isPair ? 0x10000 + (code - 0xd800 << 10) + text.charAt(++i) - 0xdc00 : '?';
            }
            if (code < 0x80) {
                bytes[length++] = (byte) code;
                continue;
            }
            int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
            bytes[length++] =
                    (byte) ((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | code >> 6 * more);
            while (more-- > 0) bytes[length++] = (byte) (0x80 | code >> 6 * more & 63);
        }
        byte[] all = new byte[length];
        System.arraycopy(bytes, 0, all, 0, length);
        return all;
    }

    /** What is no UTF-8 becomes U+FFFD, one for each byte that cannot go on. */
    public static String decode(byte[] bytes) {
        char[] text = new char[bytes.length];
        int length = 0;
        for (int i = 0; i < bytes.length; ) {
            int code = codeAt(bytes, i);
            if (code < 0) {
                text[length++] = REPLACEMENT;
                i++;
                continue;
            }
            i += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            if (code < 0x10000) {
                text[length++] = (char) code;
            } else {
                text[length++] = (char) (0xd7c0 + (code >> 10));
                text[length++] = (char) (0xdc00 | code & 0x3ff);
            }
        }
        return new String(text, 0, length);
    }

    /** The code point that begins at a place, or -1. */
    private static int codeAt(byte[] bytes, int at) {
        int first = bytes[at] & 255;
        if (first < 0x80) return first;
        int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || at + more >= bytes.length) return -1;
        int code = first & 0x3f >> more;
        for (int i = 1; i <= more; i++) {
            int next = bytes[at + i] & 255;
            if (next >> 6 != 2) return -1;
            code = code << 6 | next & 63;
        }
        int least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
        boolean isHalf = code >= 0xd800 && code < 0xe000;
        return code < least || code > 0x10ffff || isHalf ? -1 : code;
    }
}
