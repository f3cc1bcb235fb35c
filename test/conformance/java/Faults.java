import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.delchain.Contract;
import org.delchain.External;
import org.delchain.NonReentrant;
import org.delchain.Revert;
import org.delchain.Value;
import org.delchain.View;

/** Everything that can go wrong in Java, by name. */
@Contract
class Faults {
    static final class Broken extends RuntimeException {
        Broken(String message, Throwable cause) {
            super(message, cause);
        }
    }

    static final class Worded extends RuntimeException {
        @Override
        public String getMessage() {
            return "worded";
        }
    }

    private static final int[] NUMBERS = {1, 2, 3};

    Value<Long> counter;

    @External
    int nullPointer(String text) {
        counter.set(1L);
        String nothing = text.isEmpty() ? null : text;
        return nothing.length();
    }

    @View
    int nullField(boolean isNull) {
        Broken broken = isNull ? null : new Broken("here", null);
        return broken.getMessage().length();
    }

    @View
    int index(int at) {
        return NUMBERS[at];
    }

    @View
    void store(int at) {
        int[] two = new int[2];
        two[at] = at;
    }

    @View
    int textIndex(String text, int at) {
        return text.charAt(at);
    }

    @View
    int divide(int a, int b) {
        return a / b;
    }

    @View
    long remainder(long a, long b) {
        return a % b;
    }

    @View
    long divideLong(long a, long b) {
        return a / b;
    }

    @View
    int newArray(int length) {
        return new long[length].length;
    }

    @View
    int newSquare(int length) {
        return new long[length][length].length;
    }

    @View
    String cast(boolean isText) {
        Object value = isText ? "text" : Long.valueOf(5);
        return (String) value;
    }

    @View
    int parse(String text) {
        return Integer.parseInt(text);
    }

    @View
    void illegal() {
        throw new IllegalStateException("not now");
    }

    @View
    void own() {
        throw new Broken("own words", new IllegalStateException("deeper"));
    }

    @View
    void assertion() {
        throw new AssertionError("assertion");
    }

    @View
    int recurse(int depth) {
        return depth == 0 ? 0 : 1 + recurse(depth - 1);
    }

    /** Each frame holds objects that the next one may need. */
    @View
    int recurseManyRoots(int depth) {
        if (depth == 0) return 0;
        Integer a = depth;
        Integer b = depth + 1;
        Integer c = depth + 2;
        Integer d = depth + 3;
        int deeper = recurseManyRoots(depth - 1);
        return deeper + a + b * c - d;
    }

    @View
    int fillMemory() {
        List<byte[]> all = new ArrayList<>();
        while (true) all.add(new byte[100_000]);
    }

    @View
    int churnMemory() {
        int sum = 0;
        while (true) sum += new Object().hashCode() + sum;
    }

    @View
    int spin() {
        int sum = 1;
        while (sum != 0) sum = sum * 3 + 1 | 1;
        return sum;
    }

    @View
    String caught(int at) {
        String result = "";
        try {
            result += NUMBERS[at];
        } catch (ArrayIndexOutOfBoundsException error) {
            result += "index";
        } finally {
            result += " finally";
        }
        try {
            throw new Revert("inner");
        } catch (Revert revert) {
            result += " " + revert.data().length;
        }
        return result;
    }

    /** TeaVM's own exceptions have methods of their own, whatever else is overridden. */
    @View
    String caughtWords(int at, boolean isOwn) {
        try {
            if (isOwn) throw new Worded();
            return "" + NUMBERS[at];
        } catch (RuntimeException error) {
            return error.getMessage() + error.toString().length() + (error.getCause() == null);
        }
    }

    /** Ordinary Java: collections, streams, records, switch, text. */
    @View
    String ordinary(int count) {
        Map<String, Integer> words = new HashMap<>();
        for (int i = 0; i < count; i++) words.merge("word" + i % 3, i, (a, b) -> a + b);
        words = new HashMap<>(words);
        if (java.math.BigInteger.valueOf(99).shiftLeft(80).sqrt().bitLength() != 44) return "no root";
        String sorted = words.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(one -> one.getKey() + "=" + one.getValue()).toList().toString();
        return sorted + switch (count) {
            case 0 -> " none";
            case 1 -> " one";
            default -> " many";
        };
    }

    @External
    @NonReentrant
    void locked(boolean isFailing) {
        counter.set(counter.get() + 1);
        if (isFailing) throw new IllegalStateException("failed while locked");
    }
}
