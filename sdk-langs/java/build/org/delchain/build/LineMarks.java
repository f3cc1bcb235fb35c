package org.delchain.build;

import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Has the author's classes note the line that they are at before whatever may throw, in {@code
 * org.delchain.Lines.at}: one store to memory, where a stack trace would double the module.
 */
final class LineMarks {
    /** A line has the lower 16 bits, as in class files. */
    static final int FILE_SHIFT = 16;

    private static final Set<Integer> THROWING =
            Set.of(
                    Opcodes.IDIV, Opcodes.IREM, Opcodes.LDIV, Opcodes.LREM,
                    Opcodes.IALOAD, Opcodes.LALOAD, Opcodes.FALOAD, Opcodes.DALOAD,
                    Opcodes.AALOAD, Opcodes.BALOAD, Opcodes.CALOAD, Opcodes.SALOAD,
                    Opcodes.IASTORE, Opcodes.LASTORE, Opcodes.FASTORE, Opcodes.DASTORE,
                    Opcodes.AASTORE, Opcodes.BASTORE, Opcodes.CASTORE, Opcodes.SASTORE,
                    Opcodes.GETFIELD, Opcodes.PUTFIELD, Opcodes.ARRAYLENGTH, Opcodes.CHECKCAST,
                    Opcodes.NEW, Opcodes.NEWARRAY, Opcodes.ANEWARRAY, Opcodes.MULTIANEWARRAY,
                    Opcodes.INVOKEVIRTUAL, Opcodes.INVOKESPECIAL, Opcodes.INVOKESTATIC,
                    Opcodes.INVOKEINTERFACE, Opcodes.INVOKEDYNAMIC, Opcodes.ATHROW);

    private static final int NO_LINE = -1;

    private LineMarks() {}

    /**
     * Writes the author's classes anew.
     *
     * @param files names of the author's source files; a mark's upper bits are an index in them
     */
    static void write(Program program, List<String> files, Path folder) throws IOException {
        for (ClassNode node : program.own()) {
            int file = files.indexOf(node.sourceFile);
            // What was generated has no line that an author could look at.
            if (file < 0) continue;
            for (MethodNode method : node.methods) mark(method, file << FILE_SHIFT);
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            node.accept(writer);
            Files.write(folder.resolve(node.name + ".class"), writer.toByteArray());
        }
    }

    private static void mark(MethodNode method, int file) {
        // A throwable is made where `new` stands, not in its own constructor.
        boolean isOpen = !method.name.equals("<init>");
        int line = NO_LINE;
        int marked = NO_LINE;
        for (AbstractInsnNode at : method.instructions.toArray()) {
            if (at instanceof LineNumberNode) line = ((LineNumberNode) at).line;
            // Whoever jumps here comes from another line.
            if (at instanceof LabelNode) marked = NO_LINE;
            if (!THROWING.contains(at.getOpcode())) continue;
            if (isOpen && line != NO_LINE && marked != line) {
                method.instructions.insertBefore(at, store(file | line));
                marked = line;
            }
            if (at.getOpcode() == Opcodes.INVOKESPECIAL
                    && ((MethodInsnNode) at).name.equals("<init>")) isOpen = true;
            // What was called may have marked lines of its own.
            if (at instanceof MethodInsnNode) marked = NO_LINE;
        }
    }

    private static InsnList store(int value) {
        InsnList code = new InsnList();
        code.add(new LdcInsnNode(value));
        code.add(new FieldInsnNode(Opcodes.PUTSTATIC, "org/delchain/Lines", "at", "I"));
        return code;
    }
}
