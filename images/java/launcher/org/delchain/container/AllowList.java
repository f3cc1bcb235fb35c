package org.delchain.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of Java a contract may use: `rules.txt`, which says how to read it. */
final class AllowList {
    /** The members that a class gives: those named, or all but those named. By name, or by name and descriptor. */
    private record Rule(boolean isOnly, Set<String> members) {
        boolean allows(String name, String descriptor) {
            return isOnly == (members.contains(name) || members.contains(name + descriptor));
        }
    }

    private static final String RULES = "rules.txt";
    private static final String DEFAULT_REMEDY = "contracts use what gives every host the same result and leaves nothing behind";

    private final Map<String, Rule> rules = new HashMap<>();
    private final Map<String, String> remedies = new HashMap<>();

    private AllowList() {
    }

    static AllowList load() {
        try (InputStream stream = AllowList.class.getResourceAsStream(RULES)) {
            AllowList list = new AllowList();
            new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(list::add);
            return list;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void add(String line) {
        List<String> words = List.of(line.trim().split("\\s+"));
        switch (words.get(0)) {
            case "allow" -> {
                boolean isOnly = words.size() > 2 && words.get(2).equals("only");
                Set<String> members = words.size() > 3 ? Set.copyOf(words.subList(3, words.size())) : Set.of();
                rules.put(words.get(1).replace('.', '/'), new Rule(isOnly, members));
            }
            case "instead" -> remedies.put(words.get(1).replace('.', '/'), String.join(" ", words.subList(2, words.size())));
            default -> {
                if (!line.isBlank() && !line.startsWith("#")) {
                    throw new IllegalStateException(RULES + ": " + line);
                }
            }
        }
    }

    boolean allowsClass(String owner) {
        return ruleOf(owner) != null;
    }

    /** A member of a class of Java's, or one that it inherits: what a superclass withholds, no subclass gives. */
    boolean allowsMember(String owner, String name, String descriptor) {
        Rule rule = ruleOf(owner);
        return rule != null && rule.allows(name, descriptor) && !withholds(owner, name, descriptor);
    }

    /** Whether a rule of the class or of one above it says `not` of the member. */
    boolean withholds(String owner, String name, String descriptor) {
        return lineage(owner).stream()
                .map(this::ruleOf)
                .anyMatch(rule -> rule != null && !rule.isOnly() && !rule.allows(name, descriptor));
    }

    /** What to write instead of a class, or of a member of it. */
    String remedy(String owner, String name) {
        for (String key : List.of(owner + "/" + name, owner, packageOf(owner))) {
            if (remedies.containsKey(key)) {
                return remedies.get(key);
            }
        }
        return remedies.getOrDefault("*/" + name, DEFAULT_REMEDY);
    }

    /** The rule of the class, of the class that it is nested in, or of its package when that has one for all. */
    private Rule ruleOf(String owner) {
        for (String name = owner; !name.isEmpty(); name = name.substring(0, Math.max(0, name.lastIndexOf('$')))) {
            if (rules.containsKey(name)) {
                return rules.get(name);
            }
        }
        return rules.get(packageOf(owner) + "/*");
    }

    private static String packageOf(String owner) {
        return owner.substring(0, Math.max(0, owner.lastIndexOf('/')));
    }

    private static Set<String> lineage(String owner) {
        Set<String> found = new LinkedHashSet<>();
        try {
            collect(Class.forName(owner.replace('/', '.'), false, AllowList.class.getClassLoader()), found);
        } catch (ClassNotFoundException missing) {
            // A class that this Java does not have fails by itself, and gives nothing.
        }
        return found;
    }

    private static void collect(Class<?> type, Set<String> found) {
        if (type == null || !found.add(type.getName().replace('.', '/'))) {
            return;
        }
        collect(type.getSuperclass(), found);
        for (Class<?> above : type.getInterfaces()) {
            collect(above, found);
        }
        if (type.isInterface()) {
            found.add("java/lang/Object");
        }
    }
}
