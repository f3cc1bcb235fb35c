import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.delchain.Host;
import org.delchain.Random;
import org.delchain.Range;
import org.delchain.U256;
import org.delchain.Words;
import org.delchain.container.Exchange;
import org.delchain.container.Program;
import org.delchain.container.Revert;

/** The contract that the launcher's tests call; probe.c says what its inputs mean. */
public final class Probe implements Program {
    private static int calls;

    @Override
    public byte[] run() {
        byte[] input = Host.calldata();
        byte[] rest = from(input, Math.min(1, input.length));
        int code = input.length == 0 ? -1 : input[0];
        return code <= 13 && code > 0 ? ask(code, rest) : act(code, input, rest);
    }

    private static byte[] ask(int operation, byte[] rest) {
        return switch (operation) {
            case 1 -> Host.loadStorage(rest);
            case 2 -> done(() -> Host.storeStorage(Arrays.copyOf(rest, 32), from(rest, 32)));
            case 3 -> orAbsent(Host.get(rest));
            case 4 -> done(() -> put(rest, (rest[0] & 0xff) << 8 | rest[1] & 0xff));
            case 5 -> done(() -> Host.delete(rest));
            case 6 -> done(() -> log(rest, rest[0]));
            // The SDK computes this hash itself; the host's is there for whoever asks.
            case 7 -> Exchange.ask(operation, rest);
            case 8 -> Host.sha256(rest);
            case 9 -> Host.balance(rest);
            case 10 -> U256.ofUnsigned(Host.gasLeft()).toWord();
            case 11 -> done(() -> Host.log(new String(rest, StandardCharsets.UTF_8)));
            case 13 -> iterate(rest);
            default -> send(rest);
        };
    }

    private static byte[] send(byte[] rest) {
        byte[] to = Arrays.copyOf(rest, 20), value = from(rest, 20, 52);
        return Host.send(to, value, from(rest, 68), Words.getLong(rest, 52), Words.getLong(rest, 60));
    }

    private static byte[] act(int code, byte[] input, byte[] rest) {
        return switch (code) {
            case 32 -> throw new Revert(new byte[] {0x08, (byte) 0xc3, 0x79, (byte) 0xa0});
            case 33 -> new byte[0];
            case 34 -> U256.ONE.toWord();
            case 38 -> U256.of(++calls).toWord();
            case 39 -> Host.keccak256(rest);
            case 40 -> checked(() -> U256.fromWord(rest, 0).add(U256.fromWord(rest, 32)));
            case 41 -> checked(() -> U256.fromWord(rest, 0).subtract(U256.fromWord(rest, 32)));
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
            case 60 -> draw(rest[0], U256.fromWord(rest, 1));
            default -> report(input);
        };
    }

    /** The entries as key=value; joined. */
    private static byte[] iterate(byte[] rest) {
        int start = 4 + (rest[2] & 0xff) * 256 + (rest[3] & 0xff);
        Range range = Range.between(from(rest, 4, start), from(rest, start));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (Range.Entry entry : range.limit((rest[0] & 0xff) * 256 + (rest[1] & 0xff))) {
            text.writeBytes(entry.key());
            text.write('=');
            text.writeBytes(entry.value());
            text.write(';');
        }
        return text.toByteArray();
    }

    private static byte[] draw(int length, U256 bound) {
        ByteBuffer drawn = ByteBuffer.allocate(length + 64);
        drawn.put(Random.bytes(length)).put(Random.u256().toWord());
        return drawn.put(Random.below(bound).toWord()).array();
    }

    private static byte[] report(byte[] input) {
        ByteBuffer report = ByteBuffer.allocate(176 + input.length);
        report.put(Host.self()).put(Host.caller()).put(Host.origin()).put(Host.value());
        report.putLong(Host.chainId()).putLong(Host.blockNumber()).putLong(Host.blockTimestamp());
        report.put(Host.coinbase()).put(Host.seed()).putLong(Host.gasLimit());
        return report.put(input).array();
    }

    private static byte[] done(Runnable action) {
        action.run();
        return new byte[0];
    }

    private static byte[] checked(Supplier<U256> sum) {
        try {
            return sum.get().toWord();
        } catch (org.delchain.Revert revert) {
            throw new Revert(revert.data());
        }
    }

    private static byte[] from(byte[] bytes, int start) {
        return from(bytes, start, bytes.length);
    }

    private static byte[] from(byte[] bytes, int start, int end) {
        return Arrays.copyOfRange(bytes, start, end);
    }

    private static void put(byte[] rest, int length) {
        Host.put(from(rest, 2, 2 + length), from(rest, 2 + length));
    }

    private static void log(byte[] rest, int count) {
        byte[][] topics = new byte[count][];
        for (int i = 0; i < count; i++) {
            topics[i] = from(rest, 1 + 32 * i, 33 + 32 * i);
        }
        Host.emitLog(topics, from(rest, 1 + 32 * count));
    }

    private static byte[] orAbsent(byte[] value) {
        return value == null ? "absent".getBytes(StandardCharsets.UTF_8) : value;
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

    /** Asks the host for ever, whatever comes of it. */
    private static byte[] swallow() {
        ByteArrayOutputStream caught = new ByteArrayOutputStream();
        while (caught.size() >= 0) {
            try {
                Exchange.ask(1, new byte[32]);
            } catch (Throwable thrown) {
                caught.reset();
            } finally {
                caught.write(1);
            }
        }
        return caught.toByteArray();
    }
}
