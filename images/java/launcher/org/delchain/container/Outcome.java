package org.delchain.container;

import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a call comes to: the body of its RESULT, a status and the output. */
final class Outcome {
    private static final byte SUCCESS = 0;
    private static final byte REVERT = 1;
    /** The protocol's limit. */
    private static final int OUTPUT_BYTES_MAX = 65_536;
    /** A reason is for people; longer ones are cut. */
    private static final int REASON_BYTES_MAX = 1_024;
    private static final int WORD = 32;
    /** The selector of Solidity's `Error(string)`. */
    private static final byte[] ERROR = {0x08, (byte) 0xc3, 0x79, (byte) 0xa0};

    private Outcome() {
    }

    /** Runs the contract. Whatever it throws reverts the call, but what ends the process. */
    static byte[] of(Class<?> program) {
        try {
            return run(program);
        } catch (Throwable thrown) {
            Exit.ifFatal(thrown);
            return withStatus(REVERT, new byte[0]);
        }
    }

    private static byte[] run(Class<?> program) {
        try {
            byte[] output = ((Program) program.getConstructor().newInstance()).run();
            boolean fits = output.length <= OUTPUT_BYTES_MAX;
            return fits ? withStatus(SUCCESS, output) : withStatus(REVERT, error("an output has at most 65,536 bytes"));
        } catch (Throwable thrown) {
            return reverted(causeOf(thrown));
        }
    }

    /** Reads the message, which may be code of the contract. */
    private static byte[] reverted(Throwable thrown) {
        Exit.ifFatal(thrown);
        if (thrown instanceof Revert revert) {
            return withStatus(REVERT, revert.data());
        }
        String message = thrown.getMessage();
        return withStatus(REVERT, error(message == null ? thrown.getClass().getName() : message));
    }

    /** What the contract threw, out of what Java wraps around it in constructors and static initializers. */
    private static Throwable causeOf(Throwable thrown) {
        boolean wraps = thrown instanceof InvocationTargetException || thrown instanceof ExceptionInInitializerError;
        return wraps && thrown.getCause() != null ? causeOf(thrown.getCause()) : thrown;
    }

    /** Revert data as Solidity encodes a reason. */
    private static byte[] error(String reason) {
        byte[] whole = reason.getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(whole, Math.min(whole.length, REASON_BYTES_MAX));
        byte[] data = new byte[ERROR.length + 2 * WORD + (text.length + WORD - 1) / WORD * WORD];
        System.arraycopy(ERROR, 0, data, 0, ERROR.length);
        data[ERROR.length + WORD - 1] = WORD;
        int lengthEnd = ERROR.length + 2 * WORD;
        data[lengthEnd - 2] = (byte) (text.length >> 8);
        data[lengthEnd - 1] = (byte) text.length;
        System.arraycopy(text, 0, data, lengthEnd, text.length);
        return data;
    }

    private static byte[] withStatus(byte status, byte[] output) {
        byte[] body = new byte[1 + output.length];
        body[0] = status;
        System.arraycopy(output, 0, body, 1, output.length);
        return body;
    }
}
