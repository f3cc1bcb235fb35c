package org.delchain.build;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads a contract's compiled classes for what {@link Rules} refuse, and for {@code @View} methods
 * that write.
 */
final class Checker {
    private final Program program;
    private final Path sources;

    /** Once each: making an object is two instructions. */
    private final Set<String> errors = new LinkedHashSet<>();

    private Checker(Program program, Path sources) {
        this.program = program;
        this.sources = sources;
    }

    /** One line an error, each with file and line. */
    static List<String> check(Program program, Path sources) throws IOException {
        Checker checker = new Checker(program, sources);
        for (ClassNode node : program.own()) checker.checkClass(node);
        return List.copyOf(checker.errors);
    }

    private void checkClass(ClassNode node) throws IOException {
        for (FieldNode field : node.fields) {
            boolean isFinal = (field.access & Opcodes.ACC_FINAL) != 0;
            boolean isGenerated = (field.access & Opcodes.ACC_SYNTHETIC) != 0;
            if ((field.access & Opcodes.ACC_STATIC) == 0 || isFinal || isGenerated) continue;
            errors.add(
                    placeOf(node, "\\bstatic\\b[^;({]*\\b" + Pattern.quote(field.name) + "\\b")
                            + "the static field "
                            + field.name
                            + " of "
                            + node.name.replace('/', '.')
                            + " is forgotten when the call ends: make it a Value of the contract,"
                            + " or final");
        }
        for (MethodNode method : node.methods) {
            if ((method.access & Opcodes.ACC_NATIVE) != 0 && !program.isSdk(node.name)) {
                errors.add(
                        placeOf(node, "\\bnative\\b[^;]*\\b" + Pattern.quote(method.name) + "\\b")
                                + "the method "
                                + method.name
                                + " is native: the host is reached by org.delchain");
            }
            for (AbstractInsnNode instruction : method.instructions)
                checkInstruction(node, instruction);
            if (Program.has(method, "View")) checkView(node, method);
        }
    }

    /** What has no instruction has no line in a class: it is looked for in the source. */
    private String placeOf(ClassNode node, String declaration) throws IOException {
        int line = Places.lineOf(sources, node.sourceFile, Pattern.compile(declaration));
        return node.sourceFile + (line == 0 ? "" : ":" + line) + ": error: ";
    }

    private void checkInstruction(ClassNode node, AbstractInsnNode instruction) {
        if (instruction instanceof MethodInsnNode) {
            MethodInsnNode call = (MethodInsnNode) instruction;
            checkMember(node, instruction, call.owner, call.name);
        } else if (instruction instanceof FieldInsnNode) {
            FieldInsnNode field = (FieldInsnNode) instruction;
            checkMember(node, instruction, field.owner, field.name);
        } else if (instruction instanceof TypeInsnNode) {
            checkMember(node, instruction, ((TypeInsnNode) instruction).desc, "<init>");
        } else if (instruction instanceof InvokeDynamicInsnNode) {
            InvokeDynamicInsnNode dynamic = (InvokeDynamicInsnNode) instruction;
            checkMember(node, instruction, dynamic.bsm.getOwner(), dynamic.bsm.getName());
            for (Object argument : dynamic.bsmArgs) {
                if (argument instanceof Handle) {
                    checkMember(
                            node,
                            instruction,
                            ((Handle) argument).getOwner(),
                            ((Handle) argument).getName());
                }
            }
        }
    }

    private void checkMember(
            ClassNode node, AbstractInsnNode at, String ownerOrArray, String member) {
        String owner =
                ownerOrArray.startsWith("[")
                        ? Type.getType(ownerOrArray).getElementType().getInternalName()
                        : ownerOrArray;
        // Primitives have names without a slash, and so have classes without a package: those are
        // the contract's.
        if (program.find(owner) != null || !owner.contains("/")) return;
        String remedy = Rules.refusal(owner, member);
        if (remedy == null) return;
        String name = owner.replace('/', '.') + (member.equals("<init>") ? "" : "." + member);
        errors.add(Program.place(node, at) + name + " is not for contracts: " + remedy);
    }

    private void checkView(ClassNode node, MethodNode method) {
        for (AbstractInsnNode instruction : method.instructions) {
            String written = write(instruction, new HashSet<>());
            if (written == null) continue;
            errors.add(
                    Program.place(node, instruction)
                            + "the @View method "
                            + method.name
                            + " changes state by "
                            + written
                            + ": make it @External");
            return;
        }
    }

    /** The writing method that an instruction reaches, or {@code null}. */
    private String write(AbstractInsnNode instruction, Set<MethodNode> seen) {
        if (instruction instanceof MethodInsnNode) {
            MethodInsnNode call = (MethodInsnNode) instruction;
            return write(call.owner, call.name, call.desc, seen);
        }
        if (!(instruction instanceof InvokeDynamicInsnNode)) return null;
        for (Object argument : ((InvokeDynamicInsnNode) instruction).bsmArgs) {
            if (!(argument instanceof Handle)) continue;
            Handle handle = (Handle) argument;
            String written = write(handle.getOwner(), handle.getName(), handle.getDesc(), seen);
            if (written != null) return written;
        }
        return null;
    }

    private String write(String owner, String name, String descriptor, Set<MethodNode> seen) {
        for (Program.Call target : program.targets(owner, name, descriptor)) {
            String shown = simpleName(target.owner().name) + "." + target.method().name;
            if (Program.has(target.method(), "Writes")) return shown;
            // The SDK says of its own methods which ones write.
            if (program.isSdk(target.owner().name) || !seen.add(target.method())) continue;
            for (AbstractInsnNode instruction : target.method().instructions) {
                String written = write(instruction, seen);
                if (written != null) return written;
            }
        }
        return null;
    }

    private static String simpleName(String internalName) {
        return internalName.substring(internalName.lastIndexOf('/') + 1).replace('$', '.');
    }
}
