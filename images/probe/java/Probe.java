import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.delchain.container.Exchange;
import org.delchain.container.Keccak;
import org.delchain.container.Program;
import org.delchain.container.Revert;

/** The contract that the launcher's tests call; probe.c says what its inputs mean. */
public final class Probe implements Program {
    private static final int CALL_FIELD_BYTES = 176;
    private static int calls;

    @Override
    public byte[] run() {
        byte[] call = Exchange.call();
        byte[] input = Arrays.copyOfRange(call, CALL_FIELD_BYTES, call.length);
        byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        int code = input.length == 0 ? -1 : input[0];
        return switch (code) {
            case 1, 2, 5, 7, 8, 11, 12 -> Exchange.ask(code, rest);
            case 3 -> orAbsent(Exchange.ask(code, rest));
            case 4 -> limited((rest[0] & 0xff) << 8 | rest[1] & 0xff, 1024, "a key has at most 1,024 bytes", code, rest);
            case 6 -> limited(rest[0], 4, "a log has at most 4 topics", code, rest);
            case 9, 10 -> word(Exchange.ask(code, rest));
            case 32 -> throw new Revert(new byte[] {0x08, (byte) 0xc3, 0x79, (byte) 0xa0});
            case 33 -> new byte[0];
            case 34 -> word(new byte[] {1});
            case 38 -> word(new byte[] {(byte) ++calls});
            case 39 -> Keccak.hash(rest);
            case 43 -> pollute();
            case 44 -> throw new IllegalStateException("out of eggs");
            case 45 -> new byte[Integer.MAX_VALUE];
            case 46 -> new byte[65_535 + input.length];
            case 47 -> new byte[] {(byte) recurse(0)};
            case 48 -> swallow();
            case 49 -> new byte[] {(byte) caught(0)};
            case 50 -> fill(new ArrayList<>());
            case 51 -> filled();
            case 52 -> throw new IllegalStateException();
            default -> call;
        };
    }

    private static byte[] orAbsent(byte[] value) {
        return value == null ? "absent".getBytes() : value;
    }

    private static byte[] limited(int count, int limit, String reason, int code, byte[] rest) {
        if (count > limit) {
            throw new IllegalArgumentException(reason);
        }
        return Exchange.ask(code, rest);
    }

    private static byte[] word(byte[] value) {
        byte[] word = new byte[32];
        System.arraycopy(value, 0, word, word.length - value.length, value.length);
        return word;
    }

    private static byte[] pollute() {
        System.out.print("printed");
        System.err.printf(" and %d errors", 2);
        return new byte[0];
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private static int caught(int depth) {
        try {
            return caught(depth + 1);
        } catch (StackOverflowError overflow) {
            return depth;
        }
    }

    private static byte[] fill(List<byte[]> kept) {
        while (true) {
            kept.add(new byte[100_000]);
        }
    }

    private static byte[] filled() {
        List<byte[]> kept = new ArrayList<>();
        try {
            return fill(kept);
        } catch (Throwable thrown) {
            int size = kept.size();
            kept.clear();
            return new byte[] {(byte) size};
        }
    }

    /** Asks the host and answers all the same, whatever comes of it. */
    private static byte[] swallow() {
        ByteArrayOutputStream caught = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            try {
                Exchange.ask(1, new byte[32]);
            } catch (Throwable thrown) {
                caught.write(i);
            } finally {
                caught.write(1);
            }
        }
        return caught.toByteArray();
    }
}
