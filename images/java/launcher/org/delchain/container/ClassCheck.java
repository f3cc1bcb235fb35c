package org.delchain.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** Everything that one class of a contract names, held to the rules. */
final class ClassCheck {
    /** What javac writes for lambdas, method references, joined strings and records. */
    private static final Set<String> BOOTSTRAPS = Set.of(
            "java/lang/invoke/LambdaMetafactory.metafactory",
            "java/lang/invoke/StringConcatFactory.makeConcatWithConstants",
            "java/lang/runtime/ObjectMethods.bootstrap");
    private static final String OBJECT = "java/lang/Object";
    private static final int NO_LINE = 0;

    private final ClassNode node;
    private final ContractClasses classes;
    private final AllowList allowed;
    private final List<Refusal> refusals = new ArrayList<>();
    private String method = "";
    private int line = NO_LINE;

    ClassCheck(ClassNode node, ContractClasses classes, AllowList allowed) {
        this.node = node;
        this.classes = classes;
        this.allowed = allowed;
    }

    List<Refusal> refusals() {
        if (node.name.startsWith("java/") || node.name.startsWith(ContractLoader.SDK_PACKAGE.replace('.', '/'))) {
            refuse("a contract has no classes in this package", "choose a package of your own");
        }
        type(node.superName);
        node.interfaces.forEach(this::type);
        node.methods.forEach(this::method);
        return refusals;
    }

    private void method(MethodNode declared) {
        method = declared.name;
        line = NO_LINE;
        if ((declared.access & Opcodes.ACC_NATIVE) != 0) {
            refuse("a native method", "write it in Java");
        }
        if (declared.name.equals("finalize") && declared.desc.equals("()V")) {
            refuse("a finalizer", "it would run whenever memory is short; give the class a method that is called");
        }
        for (AbstractInsnNode instruction : declared.instructions) {
            instruction(instruction);
        }
        for (TryCatchBlockNode block : declared.tryCatchBlocks) {
            if (block.type != null) {
                type(block.type);
            }
        }
    }

    private void instruction(AbstractInsnNode instruction) {
        if (instruction instanceof LineNumberNode number) {
            line = number.line;
        } else if (instruction instanceof MethodInsnNode called) {
            member(called.owner, called.name, called.desc);
        } else if (instruction instanceof FieldInsnNode read) {
            member(read.owner, read.name, read.desc);
        } else if (instruction instanceof TypeInsnNode named) {
            type(named.desc);
        } else if (instruction instanceof MultiANewArrayInsnNode created) {
            type(created.desc);
        } else if (instruction instanceof LdcInsnNode loaded) {
            constant(loaded.cst);
        } else if (instruction instanceof InvokeDynamicInsnNode dynamic) {
            bootstrap(dynamic);
        }
    }

    private void bootstrap(InvokeDynamicInsnNode dynamic) {
        String name = dynamic.bsm.getOwner() + "." + dynamic.bsm.getName();
        if (!BOOTSTRAPS.contains(name)) {
            refuse("linked at run time by " + name.replace('/', '.'), "write a lambda that is not serializable, or a class");
        }
        for (Object argument : dynamic.bsmArgs) {
            if (argument instanceof Handle handle) {
                member(handle.getOwner(), handle.getName(), handle.getDesc());
            } else if (!(argument instanceof Type type) || type.getSort() != Type.METHOD) {
                constant(argument);
            }
        }
    }

    private void constant(Object value) {
        if (value instanceof Type type && type.getSort() != Type.METHOD) {
            type(type.getDescriptor());
        } else if (value instanceof Handle || value instanceof ConstantDynamic || value instanceof Type) {
            refuse("a constant that is a method", "write a lambda");
        }
    }

    private void type(String name) {
        String element = elementOf(name);
        if (element != null && !classes.has(element) && !allowed.allowsClass(element)) {
            refuse(element.replace('/', '.'), allowed.remedy(element, ""));
        }
    }

    private void member(String owner, String name, String descriptor) {
        if (owner.startsWith("[")) {
            type(owner);
            if (!name.equals("clone")) {
                foreign(OBJECT, name, descriptor);
            }
        } else if (!classes.has(owner)) {
            foreign(owner, name, descriptor);
        } else if (!classes.declares(owner, name, descriptor)) {
            classes.foreignSupertypes(owner).forEach(above -> inherited(above, name, descriptor));
        }
    }

    private void foreign(String owner, String name, String descriptor) {
        if (!allowed.allowsMember(owner, name, descriptor)) {
            refuse(owner.replace('/', '.') + "." + name, allowed.remedy(owner, name));
        }
    }

    /** A method of Java's by way of a contract's class, whichever of its supertypes has it. */
    private void inherited(String above, String name, String descriptor) {
        if (allowed.allowsClass(above) && !allowed.withholds(above, name, descriptor)) {
            return;
        }
        refuse(above.replace('/', '.') + "." + name, allowed.remedy(above, name));
    }

    /** The class of an array's elements, or the class; null for arrays of numbers. */
    private static String elementOf(String name) {
        if (!name.startsWith("[") && !name.endsWith(";")) {
            return name;
        }
        Type type = Type.getType(name);
        Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
        return element.getSort() == Type.OBJECT ? element.getInternalName() : null;
    }

    private void refuse(String what, String remedy) {
        String file = node.sourceFile == null ? "" : node.sourceFile;
        String where = line == NO_LINE ? file : file + ":" + line;
        String place = node.name.replace('/', '.') + (method.isEmpty() ? "" : "." + method) + " (" + where + ")";
        refusals.add(new Refusal(place, what, remedy));
    }
}
