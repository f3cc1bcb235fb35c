package org.delchain.container;

import java.util.LinkedHashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/** Puts {@link Guard} first in every handler that could catch more than a contract may. */
final class Handlers {
    private static final String GUARD = "org/delchain/container/Guard";
    private static final Set<String> WIDE = Set.of(
            "java/lang/Throwable",
            "java/lang/Error",
            "java/lang/LinkageError",
            "java/lang/NoClassDefFoundError",
            "java/lang/VirtualMachineError",
            "java/lang/InternalError",
            "java/lang/OutOfMemoryError",
            "java/lang/StackOverflowError",
            "java/lang/UnknownError");

    private Handlers() {
    }

    static void guard(ClassNode node) {
        for (MethodNode method : node.methods) {
            Set<LabelNode> handlers = new LinkedHashSet<>();
            for (TryCatchBlockNode block : method.tryCatchBlocks) {
                // `finally` and `synchronized` catch without a type.
                if (block.type == null || WIDE.contains(block.type)) {
                    handlers.add(block.handler);
                }
            }
            handlers.forEach(handler -> method.instructions.insert(afterFrame(handler), call()));
        }
    }

    private static AbstractInsnNode afterFrame(LabelNode handler) {
        AbstractInsnNode at = handler;
        while (at.getNext() != null && at.getNext().getOpcode() < 0 && !(at instanceof FrameNode)) {
            at = at.getNext();
        }
        return at;
    }

    private static InsnList call() {
        InsnList list = new InsnList();
        list.add(new InsnNode(Opcodes.DUP));
        list.add(new MethodInsnNode(Opcodes.INVOKESTATIC, GUARD, "pass", "(Ljava/lang/Throwable;)V"));
        return list;
    }
}
