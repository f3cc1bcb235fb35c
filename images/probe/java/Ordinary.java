import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.delchain.container.Program;

/** Java as people write it: all of it passes the verifier, and every call says the same. */
public final class Ordinary implements Program {
    enum Colour {
        RED {
            @Override
            String mood() {
                return "warm";
            }
        },
        BLUE;

        String mood() {
            return "cool";
        }
    }

    record Point(int x, int y) implements Comparable<Point> {
        Point {
            if (x < 0) {
                throw new IllegalArgumentException("x is " + x);
            }
        }

        @Override
        public int compareTo(Point other) {
            return Comparator.comparingInt(Point::x).thenComparing(Point::y).compare(this, other);
        }
    }

    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    static class Chain<T> implements Iterable<T> {
        private final List<T> links = new ArrayList<>();

        Chain<T> with(T link) {
            links.add(link);
            return this;
        }

        @Override
        public Iterator<T> iterator() {
            return links.iterator();
        }
    }

    static final class Door implements AutoCloseable {
        @Override
        public void close() {
            said.append("closed ");
        }
    }

    static final class Unhappy extends Exception {
        Unhappy(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static final StringBuilder said = new StringBuilder();
    private int counter;

    @Override
    public byte[] run() throws Exception {
        say("order", Set.of("a", "b", "c", "d", "e"), Map.of("k", 1, "l", 2, "m", 3), Set.of(1, 2));
        say("identity", new Object().hashCode(), new Object(), new HashMap<>(Map.of(Colour.RED, 1, Colour.BLUE, 2)));
        say("numbers", new BigInteger("123456789").pow(5).mod(BigInteger.TEN.pow(9)), new BigDecimal("1").divide(new BigDecimal("7"), 20, RoundingMode.HALF_EVEN));
        say("floats", Math.sin(1e6), Math.exp(1.5), Math.pow(1.1, 100), 0.1 + 0.2, (float) Math.log(3));
        say("format", String.format("%05d %s %.3f %,d %x", 42, "text", Math.PI, 1_234_567, 255), "Straße".toUpperCase(Locale.ROOT), "I".toLowerCase());
        say("records", new Point(1, 2), new Point(1, 2).equals(new Point(1, 2)), new Point(3, 4).hashCode());
        say("shapes", area(new Circle(2)), area(new Square(3)));
        say("streams", IntStream.range(0, 10).boxed().filter(i -> i % 2 == 1).map(i -> i * i).collect(Collectors.toList()));
        say("groups", Stream.of("one", "two", "three").collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.joining("+"))));
        say("sorted", Stream.of(new Point(2, 1), new Point(1, 5), new Point(1, 2)).sorted().toList());
        say("switches", onText("two"), onColour(Colour.BLUE), Colour.RED.mood(), Colour.valueOf("BLUE").ordinal());
        say("lambdas", twice((Integer x) -> x + 1).apply(5), ((Supplier<String>) this::name).get(), ((BinaryOperator<Integer>) Integer::sum).apply(2, 3), counting().getAsInt());
        Runnable lambda = () -> counter++;
        say("names", lambda, lambda.getClass().getName(), lambda.getClass().getSimpleName(), Comparator.comparing(String::length), (Supplier<String>) this::name);
        say("arrays", Arrays.toString(new int[][] {{3, 1}, {2}}[0].clone()), Arrays.asList(1, 2), Arrays.hashCode(new long[] {1, 2}));
        say("random", new Random(42).nextInt(1000), new Random(42).nextGaussian());
        say("times", Instant.ofEpochSecond(1_700_000_000L), LocalDate.ofEpochDay(19_675).plusMonths(3), LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC));
        say("text", """
            a block
              of text""", "a,b,c".split(",").length, String.join("-", List.of("x", "y")), "abc".repeat(2).chars().sum());
        say("patterns", matched("(\\w+)@(\\w+)", "ada@home"));
        say("queues", queued());
        say("thrown", thrown());
        say("optional", Optional.of(5).map(i -> i * 2).orElse(0), Objects.requireNonNullElse(null, "else"), new EnumMap<>(Map.of(Colour.RED, 1)));
        say("bytes", HexFormat.of().formatHex(new byte[] {1, (byte) 0xff}), new BitSet(8).cardinality(), Long.toUnsignedString(-1L));
        return said.toString().getBytes();
    }

    private static void say(String what, Object... values) {
        said.append(what).append(' ').append(Arrays.toString(values)).append('\n');
    }

    private static double area(Shape shape) {
        if (shape instanceof Circle circle) {
            return Math.PI * circle.radius() * circle.radius();
        }
        return shape instanceof Square square ? square.side() * square.side() : 0;
    }

    private static int onText(String text) {
        switch (text) {
            case "one":
                return 1;
            case "two":
                return 2;
            default:
                return 0;
        }
    }

    private static String onColour(Colour colour) {
        return switch (colour) {
            case RED -> "r";
            case BLUE -> "b";
        };
    }

    private static <T> Function<T, T> twice(Function<T, T> step) {
        return step.andThen(step);
    }

    private String name() {
        return getClass().getSimpleName() + ++counter;
    }

    private IntSupplier counting() {
        return new IntSupplier() {
            @Override
            public int getAsInt() {
                return ++counter;
            }
        };
    }

    private static String matched(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.matches() ? matcher.group(2) + " " + matcher.replaceAll("$2 at $1") : "none";
    }

    private static String queued() {
        Deque<Integer> deque = new ArrayDeque<>(List.of(1, 2, 3));
        PriorityQueue<Point> queue = new PriorityQueue<>(Comparator.reverseOrder());
        queue.add(new Point(1, 1));
        queue.add(new Point(2, 2));
        Chain<String> chain = new Chain<String>().with("a").with("b");
        String joined = "";
        for (String link : chain) {
            joined += link;
        }
        return deque.pollLast() + " " + queue.poll() + " " + joined;
    }

    private static String thrown() {
        try (Door door = new Door()) {
            synchronized (door) {
                throw new Unhappy("why", new NoSuchElementException("cause"));
            }
        } catch (Unhappy unhappy) {
            return unhappy.getMessage() + " " + unhappy.getCause().getMessage();
        } finally {
            said.append("finally ");
        }
    }
}
