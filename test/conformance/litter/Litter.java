import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.delchain.container.Exchange;
import org.delchain.container.Program;

/** Leaves behind all that the verifier lets it, and says whether anything of an earlier call was there. */
public final class Litter implements Program {
    private enum Mood {
        GOOD,
        BAD;

        private int calls;
    }

    private static int calls;
    private static final List<Object> KEPT = new ArrayList<>();
    private static final Map<String, String> NAMED = new HashMap<>();
    private static final Random RANDOM = new Random(1);
    private static final int[] NUMBERS = {0};
    private static final StringBuilder TEXT = new StringBuilder();

    private final List<String> found = new ArrayList<>();

    @Override
    public byte[] run() {
        ownState();
        javasState();
        return (found.isEmpty() ? "fresh" : found.toString()).getBytes();
    }

    /** Static fields of every kind: they go with the class loader. */
    private void ownState() {
        expect("static field", calls++ == 0);
        expect("list", KEPT.isEmpty());
        KEPT.add(new byte[2_000_000]);
        expect("map", NAMED.put("left", "here") == null);
        expect("sequence", RANDOM.nextInt() == new Random(1).nextInt());
        expect("array", NUMBERS[0]++ == 0);
        expect("text", TEXT.append("x").length() == 1);
        expect("enum", Mood.GOOD.calls++ == 0);
    }

    /** Objects that Java shares between all classes, and what it keeps behind them. */
    private void javasState() {
        leaveLocked();
        System.out.print("left in the buffer");
        System.err.printf("%s", "left too");
        expect("boxed", Integer.valueOf(5).equals(5) && Integer.valueOf(5) == Integer.valueOf(5));
        expect("empty list", refusesToGrow(Collections.emptyList()));
        expect("array of constants", Mood.values()[0] == Mood.GOOD);
        Arrays.fill(Mood.values(), Mood.BAD);
        expect("call", Exchange.call()[0] == 0);
        Arrays.fill(Exchange.call(), (byte) 7);
        expect("format", String.format("%.1f", 0.5).equals("0.5") && "I".toLowerCase().equals("i"));
        expect("locale", Locale.ROOT.toString().isEmpty());
        expect("pattern", Pattern.compile("a+").matcher("aaa").matches());
        expect("large number", new BigInteger("9".repeat(2_000)).toString().length() == 2_000);
        expect("sum", IntStream.range(0, 10_000).sum() == 49_995_000);
        expect("lock", new Object().hashCode() == 1);
    }

    /** A lock on what all classes share, left by an exception. */
    private static void leaveLocked() {
        try {
            synchronized (String.class) {
                throw new IllegalStateException();
            }
        } catch (IllegalStateException expected) {
            KEPT.add(expected);
        }
    }

    private static boolean refusesToGrow(List<String> list) {
        try {
            list.add("left");
            return false;
        } catch (UnsupportedOperationException refused) {
            return true;
        }
    }

    private void expect(String what, boolean isFresh) {
        if (!isFresh) {
            found.add(what);
        }
    }
}
