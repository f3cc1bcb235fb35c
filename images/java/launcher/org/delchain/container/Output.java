package org.delchain.container;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a contract prints during one call is for its developer: one debug host call, the rest of a flood dropped. */
final class Output extends OutputStream {
    private static final int PRINTED_BYTES_MAX = 4096;
    private static final int DEBUG = 11;

    private final byte[] printed = new byte[PRINTED_BYTES_MAX];
    private int length;

    /** Takes the place of standard output and error for one call. */
    static Output begin() {
        Output output = new Output();
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        return output;
    }

    @Override
    public void write(int value) {
        if (length < PRINTED_BYTES_MAX) {
            printed[length++] = (byte) value;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        int kept = Math.min(count, PRINTED_BYTES_MAX - length);
        System.arraycopy(bytes, offset, printed, length, kept);
        length += kept;
    }

    /** Tells the host, and gives standard error back. */
    void end(RunningCall call, PrintStream standardError) {
        System.setOut(standardError);
        System.setErr(standardError);
        if (length == 0 || call.isStopped()) {
            return;
        }
        try {
            call.ask(DEBUG, Arrays.copyOf(printed, length));
        } catch (Refused | RunningCall.Stopped unheard) {
            // The result does not depend on whether somebody listens; a stop shows in `isStopped`.
        }
    }
}
