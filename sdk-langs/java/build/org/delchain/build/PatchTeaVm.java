package org.delchain.build;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Mends three classes of TeaVM 0.13.1: {@code PatchTeaVm FOLDER} reads them from the class path and
 * writes them to a folder, which has to stand before TeaVM's jars. Ends with an exception that
 * names the class when one is not as expected.
 */
public final class PatchTeaVm {
    private final Path folder;

    private PatchTeaVm(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        PatchTeaVm patch = new PatchTeaVm(Path.of(arguments[0]));
        patch.endStack();
        patch.checkArrays();
        patch.tellLinesApart();
    }

    /** The stack of object references has no end in TeaVM, and grows into what lies behind it. */
    private void endStack() throws IOException {
        ClassNode runtime = read("org/teavm/backend/wasm/WasmRuntime");
        Predicate<AbstractInsnNode> setsStack =
                at ->
                        at.getOpcode() == Opcodes.PUTSTATIC
                                && ((FieldInsnNode) at).name.equals("stack");
        AbstractInsnNode set =
                only(runtime, "allocStack", setsStack, "an assignment of WasmHeap.stack");
        String descriptor = "(" + ((FieldInsnNode) set).desc + ")V";
        method(runtime, "allocStack").instructions.set(set, guard("moveStack", descriptor));
        write(runtime);
    }

    /**
     * Arrays of a negative or too large size overwrite in TeaVM what lies before them. And new
     * memory is zero here, so nothing is cleared.
     */
    private void checkArrays() throws IOException {
        ClassNode allocator = read("org/teavm/runtime/Allocator");
        MethodNode method = method(allocator, "allocateArray");
        if (!method.desc.startsWith("(Lorg/teavm/runtime/RuntimeClass;I)"))
            throw unexpected(allocator, "allocateArray takes " + method.desc);
        InsnList check = new InsnList();
        check.add(new VarInsnNode(Opcodes.ILOAD, 1));
        check.add(guard("requireSize", "(I)V"));
        method.instructions.insert(check);
        for (String name : List.of("allocate", "allocateArray")) {
            AbstractInsnNode clear = call(allocator, name, "org/teavm/interop/Address", "fillZero");
            // It takes an address and a length.
            method(allocator, name).instructions.set(clear, new InsnNode(Opcodes.POP2));
        }
        write(allocator);
    }

    /**
     * A call site's lines are a list, because calls are inlined in calls, and equal lists are kept
     * once. TeaVM leaves a list's rest out of the comparison (its {@code prevList} is never set),
     * so an exception has another place's lines.
     */
    private void tellLinesApart() throws IOException {
        ClassNode generator = read("org/teavm/backend/wasm/generate/CallSiteBinaryGenerator");
        String method = "generateLocations";
        // LocationList list = new LocationList(locations[i], prevList);
        AbstractInsnNode made = call(generator, method, generator.name + "$LocationList", "<init>");
        int rest = variable(generator, made.getPrevious(), Opcodes.ALOAD);
        int list = variable(generator, made.getNext(), Opcodes.ASTORE);
        Predicate<AbstractInsnNode> setsRest =
                at -> at.getOpcode() == Opcodes.ASTORE && ((VarInsnNode) at).var == rest;
        only(generator, method, setsRest, "an assignment of prevList");
        InsnList assignment = new InsnList();
        assignment.add(new VarInsnNode(Opcodes.ALOAD, list));
        assignment.add(new VarInsnNode(Opcodes.ASTORE, rest));
        method(generator, method).instructions.insert(made.getNext(), assignment);
        write(generator);
    }

    private static MethodInsnNode guard(String name, String descriptor) {
        return new MethodInsnNode(Opcodes.INVOKESTATIC, "org/delchain/Guards", name, descriptor);
    }

    private static MethodNode method(ClassNode owner, String name) {
        List<MethodNode> all = owner.methods.stream().filter(one -> one.name.equals(name)).toList();
        if (all.size() != 1) throw unexpected(owner, all.size() + " methods " + name);
        return all.get(0);
    }

    private static AbstractInsnNode call(
            ClassNode owner, String method, String called, String name) {
        Predicate<AbstractInsnNode> isCall =
                at ->
                        at instanceof MethodInsnNode
                                && ((MethodInsnNode) at).owner.equals(called)
                                && ((MethodInsnNode) at).name.equals(name);
        return only(owner, method, isCall, "a call of " + called + "." + name);
    }

    private static AbstractInsnNode only(
            ClassNode owner, String method, Predicate<AbstractInsnNode> isIt, String what) {
        List<AbstractInsnNode> all =
                Arrays.stream(method(owner, method).instructions.toArray()).filter(isIt).toList();
        if (all.size() != 1) {
            throw unexpected(owner, all.size() + " times " + what + " in " + method);
        }
        return all.get(0);
    }

    private static int variable(ClassNode owner, AbstractInsnNode at, int opcode) {
        if (at.getOpcode() != opcode) throw unexpected(owner, "no variable holds the LocationList");
        return ((VarInsnNode) at).var;
    }

    private static IllegalStateException unexpected(ClassNode owner, String found) {
        return new IllegalStateException(
                owner.name.replace('/', '.')
                        + " is not TeaVM 0.13.1's, which PatchTeaVm.java knows: "
                        + found);
    }

    private static ClassNode read(String name) throws IOException {
        ClassNode node = new ClassNode();
        String file = name + ".class";
        try (InputStream bytes = PatchTeaVm.class.getClassLoader().getResourceAsStream(file)) {
            if (bytes == null) throw new IllegalStateException("the class path has no " + file);
            new ClassReader(bytes).accept(node, 0);
        }
        return node;
    }

    private void write(ClassNode node) throws IOException {
        // Nothing here moves a jump, so stack maps stay; only the operand stack may be deeper.
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        node.accept(writer);
        Path file = folder.resolve(node.name + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, writer.toByteArray());
    }
}
