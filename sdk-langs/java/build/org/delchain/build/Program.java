package org.delchain.build;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The compiled classes of a contract and of the SDK, by internal name. */
final class Program {
    private final Map<String, ClassNode> classes = new HashMap<>();
    private final Set<String> sdk;

    /**
     * @param sdk internal names of the SDK's outermost classes
     */
    Program(Path folder, Set<String> sdk) throws IOException {
        this.sdk = sdk;
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".class")).sorted().toList();
        }
        for (Path file : files) {
            ClassNode node = new ClassNode();
            new ClassReader(Files.readAllBytes(file)).accept(node, ClassReader.SKIP_FRAMES);
            classes.put(node.name, node);
        }
    }

    ClassNode find(String name) {
        return classes.get(name);
    }

    /** The author's own classes, and what was generated for them. */
    List<ClassNode> own() {
        return classes.values().stream()
                .filter(node -> !isSdk(node.name))
                .sorted(java.util.Comparator.comparing(node -> node.name))
                .toList();
    }

    boolean isSdk(String name) {
        int inner = name.indexOf('$');
        return sdk.contains(inner < 0 ? name : name.substring(0, inner));
    }

    /**
     * The methods that a call may run: the one that is named, in the class or above, and all that
     * override it.
     */
    List<Call> targets(String owner, String name, String descriptor) {
        List<Call> targets = new ArrayList<>();
        for (ClassNode above = classes.get(owner);
                above != null;
                above = classes.get(above.superName)) {
            if (add(targets, above, name, descriptor)) break;
        }
        for (ClassNode node : classes.values()) {
            if (!node.name.equals(owner) && isBelow(node, owner))
                add(targets, node, name, descriptor);
        }
        return targets;
    }

    record Call(ClassNode owner, MethodNode method) {}

    private static boolean add(List<Call> targets, ClassNode node, String name, String descriptor) {
        for (MethodNode method : node.methods) {
            if (!method.name.equals(name) || !method.desc.equals(descriptor)) continue;
            targets.add(new Call(node, method));
            return true;
        }
        return false;
    }

    private boolean isBelow(ClassNode node, String owner) {
        if (owner.equals(node.superName) || node.interfaces.contains(owner)) return true;
        ClassNode above = classes.get(node.superName);
        return above != null && isBelow(above, owner)
                || node.interfaces.stream()
                        .map(classes::get)
                        .anyMatch(one -> one != null && isBelow(one, owner));
    }

    static boolean has(MethodNode method, String annotation) {
        List<AnnotationNode> all = method.invisibleAnnotations;
        return all != null
                && all.stream()
                        .anyMatch(one -> one.desc.equals("Lorg/delchain/" + annotation + ";"));
    }

    /** {@code Token.java:12: error: } */
    static String place(ClassNode owner, AbstractInsnNode at) {
        AbstractInsnNode before = at;
        while (before != null && !(before instanceof LineNumberNode)) before = before.getPrevious();
        String line = before == null ? "" : ":" + ((LineNumberNode) before).line;
        return owner.sourceFile + line + ": error: ";
    }
}
