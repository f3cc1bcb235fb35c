package org.delchain.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Takes out of Java's own classes what no option takes out: {@code Set.of} and {@code Map.of} are walked in an order that the
 * clock gives, a lambda's class has a name that counts and an address, and threads load classes in an order that the kernel
 * gives while an archive of classes is written. {@code Patch CLASSES}: the classes of java.base.
 */
final class Patch {
    private static final String CLASS = "java/lang/Class";
    private static final String ARCHIVES = "jdk/internal/misc/CDS";

    private Patch() {}

    public static void main(String[] arguments) throws IOException {
        Path classes = Path.of(arguments[0]);
        rewrite(classes.resolve("java/util/ImmutableCollections.class"), Patch::fixOrder);
        rewrite(classes.resolve(CLASS + ".class"), Patch::fixNames);
        rewrite(classes.resolve("java/lang/Thread.class"), Patch::fixDump);
    }

    private static void rewrite(Path file, Function<ClassNode, ClassNode> change) throws IOException {
        ClassNode node = read(Files.readAllBytes(file));
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        change.apply(node).accept(writer);
        Files.write(file, writer.toByteArray());
    }

    private static ClassNode read(byte[] bytes) {
        ClassNode node = new ClassNode();
        new ClassReader(bytes).accept(node, 0);
        return node;
    }

    /** The seed of the order is one, not the clock. */
    private static ClassNode fixOrder(ClassNode node) {
        MethodNode method = methodOf(node, "<clinit>");
        method.instructions.set(callOf(method, "nanoTime"), new InsnNode(Opcodes.LCONST_1));
        return node;
    }

    private static ClassNode fixNames(ClassNode node) {
        MethodNode getName = methodOf(node, "getName");
        MethodNode stableName = template();
        AbstractInsnNode call = callOf(getName, "initClassName");
        getName.instructions.set(call, new MethodInsnNode(Opcodes.INVOKEVIRTUAL, CLASS, stableName.name, stableName.desc));
        node.methods.add(stableName);
        return node;
    }

    /**
     * Only the main thread runs while an archive is written: what another one loads would lie before or behind what the main
     * thread loads at the same time. Later Javas do so themselves (JDK-8253495).
     */
    private static ClassNode fixDump(ClassNode node) {
        MethodNode start = methodOf(node, "start");
        LabelNode otherwise = new LabelNode();
        InsnList check = new InsnList();
        check.add(new MethodInsnNode(Opcodes.INVOKESTATIC, ARCHIVES, "isDumpingArchive", "()Z"));
        check.add(new JumpInsnNode(Opcodes.IFEQ, otherwise));
        check.add(new InsnNode(Opcodes.RETURN));
        check.add(otherwise);
        check.add(new FrameNode(Opcodes.F_SAME, 0, null, 0, null));
        start.instructions.insert(check);
        return node;
    }

    /** The template's method, with {@code java.lang.Class} as its class. */
    private static MethodNode template() {
        try {
            ClassNode node = read(Patch.class.getResourceAsStream("Template.class").readAllBytes());
            MethodNode method = methodOf(node, "stableName");
            for (AbstractInsnNode instruction : method.instructions) {
                if (instruction instanceof MethodInsnNode called && called.owner.equals(node.name)) {
                    called.owner = CLASS;
                } else if (instruction instanceof FieldInsnNode field && field.owner.equals(node.name)) {
                    field.owner = CLASS;
                } else if (instruction instanceof FrameNode frame && frame.local != null) {
                    frame.local.replaceAll(type -> node.name.equals(type) ? CLASS : type);
                }
            }
            method.localVariables = null;
            return method;
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static MethodNode methodOf(ClassNode node, String name) {
        return node.methods.stream()
                .filter(method -> method.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this Java's " + node.name + " has no " + name));
    }

    private static AbstractInsnNode callOf(MethodNode method, String name) {
        for (AbstractInsnNode instruction : method.instructions) {
            if (instruction instanceof MethodInsnNode call && call.name.equals(name)) {
                return call;
            }
        }
        throw new IllegalStateException("this Java's " + method.name + " does not call " + name);
    }
}
