package org.delchain.build;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of Java's class library a contract may use: what is listed, and nothing else. The same calls
 * must give the same bytes on every machine, and a call begins with nothing but its storage.
 */
final class Rules {
    private static final String TIME = "a call's time is its block's: Block.timestamp()";
    private static final String CHANCE =
            "a chain has no chance: take a seed as an argument, or hash Block and Message";
    private static final String NUMBERS =
            "a chain counts in whole numbers: U256, or long with a scale of your own";
    private static final String THREADS = "a call runs on one thread: do one thing after the other";
    private static final String FILES = "what stays is storage: Value, Mapping and Array";
    private static final String NETWORK = "a contract reaches others by a @ContractInterface";
    private static final String CONSOLE = "print with Host.log on a devnet, or leave an Event";
    private static final String SETTINGS =
            "what a contract is told are arguments: of the call, or of a @Constructor";
    private static final String END = "a call ends by returning or by throw new Revert(…)";
    private static final String REFLECTION =
            "nothing is known of classes when a contract runs: use an interface or a switch";

    private record Rule(Pattern member, String remedy) {
        static Rule of(String pattern, String remedy) {
            return new Rule(Pattern.compile(pattern), remedy);
        }
    }

    /**
     * With a better answer than that it is not on the list; the first that matches {@code
     * owner.member} counts.
     */
    private static final List<Rule> REFUSED =
            List.of(
                    Rule.of("java/lang/System\\.(currentTimeMillis|nanoTime)", TIME),
                    Rule.of(
                            "java/(time/|util/(Date|Calendar|GregorianCalendar|TimeZone|Timer)\\b).*",
                            TIME),
                    Rule.of("java/lang/(Strict)?Math\\.random", CHANCE),
                    Rule.of("java/(util/(Random|SplittableRandom|UUID)|security/).*", CHANCE),
                    Rule.of("java/util/Collections\\.shuffle", CHANCE),
                    Rule.of("java/lang/(Thread|InheritableThreadLocal).*", THREADS),
                    Rule.of("java/util/concurrent/.*", THREADS),
                    Rule.of("java/util/.*\\.parallel(Stream|Sort|Prefix|SetAll)?", THREADS),
                    Rule.of("java/util/stream/.*\\.parallel", THREADS),
                    Rule.of("java/lang/Object\\.(wait|notify|notifyAll)", THREADS),
                    Rule.of(
                            "java/(io/(File|Reader|Writer|RandomAccess|InputStream|OutputStream).*|nio/(file|channels)/.*)",
                            FILES),
                    Rule.of("java/net/.*", NETWORK),
                    Rule.of("java/lang/System\\.(out|err|in|console)", CONSOLE),
                    Rule.of("java/io/(PrintStream|Console).*", CONSOLE),
                    Rule.of("java/lang/Throwable\\.printStackTrace", CONSOLE),
                    Rule.of(
                            "java/lang/System\\.(getenv|getProperty|getProperties|setProperty|lineSeparator)",
                            SETTINGS),
                    Rule.of("java/util/(Locale|Properties).*", SETTINGS),
                    Rule.of(
                            "java/lang/(System\\.(exit|gc)|(Runtime|Process|ProcessBuilder|ProcessHandle)\\..*)",
                            END),
                    Rule.of(
                            "java/lang/System\\.identityHashCode",
                            "an object has no number of its own: write hashCode"),
                    Rule.of(
                            "java/lang/(Class\\.(forName|newInstance|get(Declared|Method|Field|Constructor|Annotation|Resource|ClassLoader).*)|ClassLoader.*)",
                            REFLECTION),
                    Rule.of("java/lang/(reflect/.*|Module.*|StackWalker.*)", REFLECTION));

    private static final Set<String> LANG =
            Set.of(
                    "Object",
                    "String",
                    "StringBuilder",
                    "CharSequence",
                    "Integer",
                    "Long",
                    "Short",
                    "Byte",
                    "Boolean",
                    "Character",
                    "Number",
                                        "Enum",
                    "Record",
                    "Iterable",
                    "Comparable",
                    "AutoCloseable",
                    "Throwable",
                    "Void",
                    "Class",
                    "Runnable",
                    "Float",
                    "Double",
                    "Cloneable",
                    "FunctionalInterface");
    private static final Pattern LANG_FAILURES = Pattern.compile("java/lang/\\w*(Exception|Error)");

    /** What the compiler itself writes: string concatenation, lambdas, records. */
    private static final Pattern COMPILED =
            Pattern.compile(
                    "java/lang/(invoke/(StringConcatFactory|LambdaMetafactory|MethodHandles.*|CallSite|MethodType|MethodHandle|TypeDescriptor)|runtime/ObjectMethods)");

    private static final Pattern PACKAGES =
            Pattern.compile(
                    "java/(math/\\w+|util/(function|stream)/\\w+|nio/charset/(StandardCharsets|Charset)|io/Serializable)(\\$\\w+)*");
    private static final Pattern UTIL =
            Pattern.compile(
                    "java/util/(?!Scanner|ServiceLoader|Formatter|ResourceBundle|Currency|EventObject|Observ|WeakHashMap)\\w+(\\$\\w+)*");
    private static final Set<String> SYSTEM = Set.of("arraycopy");

    /** The others count in floating point, and ask a host that is not there. */
    private static final Pattern WHOLE_MATH = Pattern.compile("abs|min|max|floorDiv|floorMod|\\w+Exact");

    private Rules() {}

    /**
     * Why a contract may not use it, or {@code null}. {@code owner} is an internal name such as
     * {@code java/lang/Math}.
     */
    static String refusal(String owner, String member) {
        String name = owner + "." + member;
        for (Rule rule : REFUSED) {
            if (rule.member().matcher(name).matches() || rule.member().matcher(owner).matches())
                return rule.remedy();
        }
        boolean isMath = owner.equals("java/lang/Math") || owner.equals("java/lang/StrictMath");
        if (isMath) return WHOLE_MATH.matcher(member).matches() ? null : NUMBERS;
        if (owner.equals("java/lang/System") && SYSTEM.contains(member)) return null;
        boolean isLang =
                owner.startsWith("java/lang/")
                        && LANG.contains(owner.substring("java/lang/".length()));
        boolean isAllowed =
                isLang
                        || LANG_FAILURES.matcher(owner).matches()
                        || COMPILED.matcher(owner).matches()
                        || PACKAGES.matcher(owner).matches()
                        || UTIL.matcher(owner).matches();
        return isAllowed
                ? null
                : "contracts use java.lang's values and text, java.util, java.math and"
                      + " org.delchain";
    }
}
