package org.delchain.build;

import org.teavm.model.BasicBlock;
import org.teavm.model.ClassHolder;
import org.teavm.model.ClassHolderTransformer;
import org.teavm.model.ClassHolderTransformerContext;
import org.teavm.model.MethodHolder;
import org.teavm.model.MethodReference;
import org.teavm.model.Program;
import org.teavm.model.ValueType;
import org.teavm.model.Variable;
import org.teavm.model.instructions.ExitInstruction;
import org.teavm.model.instructions.InvocationType;
import org.teavm.model.instructions.InvokeInstruction;

/**
 * Takes stack traces out of modules: a tenth of a small module, and every call pays for a module's
 * size. Instead a throwable keeps the line of the contract where it was made.
 */
public final class ThrownLines implements ClassHolderTransformer {
    private static final MethodReference THROWN =
            new MethodReference(
                    "org.delchain.Lines",
                    "thrown",
                    ValueType.object("java.lang.Throwable"),
                    ValueType.VOID);

    @Override
    public void transformClass(ClassHolder type, ClassHolderTransformerContext context) {
        for (MethodHolder method : type.getMethods()) {
            if (is(method, "java.lang.Throwable", "fillInStackTrace")) {
                method.setProgram(noteItself());
            }
            if (is(method, "org.teavm.runtime.ExceptionHandling", "printStack")) {
                method.setProgram(doNothing());
            }
        }
    }

    private static boolean is(MethodHolder method, String owner, String name) {
        return method.getOwnerName().equals(owner) && method.getName().equals(name);
    }

    private static Program noteItself() {
        Program program = new Program();
        Variable self = program.createVariable();
        BasicBlock block = program.createBasicBlock();
        InvokeInstruction note = new InvokeInstruction();
        note.setType(InvocationType.SPECIAL);
        note.setMethod(THROWN);
        note.setArguments(self);
        block.add(note);
        ExitInstruction exit = new ExitInstruction();
        exit.setValueToReturn(self);
        block.add(exit);
        return program;
    }

    private static Program doNothing() {
        Program program = new Program();
        program.createVariable();
        program.createBasicBlock().add(new ExitInstruction());
        return program;
    }
}
