package org.delchain.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;

/**
 * Holds a contract's classes to `rules.txt`: a new class loader for each call resets what is the contract's own, and nothing of
 * Java's. Runs when an image is built, and again in every container before it says HELLO.
 */
final class Verifier {
    /** As many as a person reads; the first ones are the most telling. */
    private static final int REFUSALS_SHOWN = 20;

    private Verifier() {
    }

    /** Arguments: the folder with a contract's classes. Exits with 64, having said why, when one is refused. */
    public static void main(String[] arguments) {
        verified(ContractFiles.read(Path.of(arguments[0])));
    }

    /** The classes by name with dots, guarded, to be loaded. Ends the process with what is refused, if something is. */
    static Map<String, byte[]> verified(SortedMap<String, byte[]> files) {
        ContractClasses classes = new ContractClasses();
        List<Refusal> refusals = new ArrayList<>();
        files.forEach((path, bytes) -> read(path, bytes, classes, refusals));
        AllowList allowed = AllowList.load();
        for (ClassNode node : classes.all()) {
            refusals.addAll(new ClassCheck(node, classes, allowed).refusals());
        }
        if (!refusals.isEmpty()) {
            throw Exit.with(Exit.NO_CONTRACT, describe(refusals));
        }
        Map<String, byte[]> guarded = new HashMap<>();
        for (ClassNode node : classes.all()) {
            guarded.put(node.name.replace('/', '.'), write(node));
        }
        return guarded;
    }

    private static void read(String path, byte[] bytes, ContractClasses classes, List<Refusal> refusals) {
        try {
            ClassNode node = new ClassNode();
            new ClassReader(bytes).accept(node, 0);
            if (!node.name.equals(path)) {
                refusals.add(new Refusal(path + ".class", "it holds the class " + node.name, "a file is named after its class"));
            } else if ((node.version & 0xffff) > Opcodes.V17) {
                refusals.add(new Refusal(path + ".class", "it is for a Java newer than 17", "compile it with --release 17"));
            } else {
                classes.add(node);
            }
        } catch (RuntimeException broken) {
            refusals.add(new Refusal(path + ".class", "it is no class file of Java 17: " + broken.getMessage(), "compile it with --release 17"));
        }
    }

    private static byte[] write(ClassNode node) {
        Handlers.guard(node);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        return writer.toByteArray();
    }

    private static String describe(List<Refusal> refusals) {
        StringBuilder text = new StringBuilder();
        refusals.stream().limit(REFUSALS_SHOWN).forEach(refusal -> text.append(refusal).append('\n'));
        int more = refusals.size() - REFUSALS_SHOWN;
        return text.append(more > 0 ? "and " + more + " more\n" : "").append("the contract is refused").toString();
    }
}
