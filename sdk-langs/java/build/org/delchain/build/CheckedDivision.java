package org.delchain.build;

import org.teavm.model.BasicBlock;
import org.teavm.model.ClassHolder;
import org.teavm.model.ClassHolderTransformer;
import org.teavm.model.ClassHolderTransformerContext;
import org.teavm.model.Instruction;
import org.teavm.model.MethodHolder;
import org.teavm.model.MethodReference;
import org.teavm.model.Program;
import org.teavm.model.ValueType;
import org.teavm.model.Variable;
import org.teavm.model.instructions.BinaryInstruction;
import org.teavm.model.instructions.BinaryOperation;
import org.teavm.model.instructions.IntegerConstantInstruction;
import org.teavm.model.instructions.InvocationType;
import org.teavm.model.instructions.InvokeInstruction;
import org.teavm.model.instructions.LongConstantInstruction;
import org.teavm.model.instructions.NumericOperandType;
import org.teavm.model.util.DefinitionExtractor;

/**
 * Makes integer division what Java says it is: TeaVM 0.13.1 leaves it to WebAssembly, which traps
 * where Java throws an {@code ArithmeticException}, and where it has a result. Division by a
 * constant stays as it is.
 */
public final class CheckedDivision implements ClassHolderTransformer {
    private static final String CHECKED = "org.delchain.Arithmetic";

    @Override
    public void transformClass(ClassHolder type, ClassHolderTransformerContext context) {
        // TeaVM's own runtime has no exceptions.
        if (type.getName().equals(CHECKED) || type.getName().startsWith("org.teavm.")) return;
        for (MethodHolder method : type.getMethods()) {
            Program program = method.getProgram();
            if (program == null) continue;
            for (BasicBlock block : program.getBasicBlocks()) {
                for (Instruction instruction : block) {
                    if (instruction instanceof BinaryInstruction)
                        check((BinaryInstruction) instruction, program);
                }
            }
        }
    }

    private static void check(BinaryInstruction division, Program program) {
        boolean isDivision = division.getOperation() == BinaryOperation.DIVIDE;
        if (!isDivision && division.getOperation() != BinaryOperation.MODULO) return;
        NumericOperandType operands = division.getOperandType();
        if (operands != NumericOperandType.INT && operands != NumericOperandType.LONG) return;
        if (isHarmless(division.getSecondOperand(), program)) return;
        ValueType type = operands == NumericOperandType.INT ? ValueType.INTEGER : ValueType.LONG;
        InvokeInstruction call = new InvokeInstruction();
        call.setType(InvocationType.SPECIAL);
        call.setMethod(
                new MethodReference(
                        CHECKED, isDivision ? "divide" : "remainder", type, type, type));
        call.setArguments(division.getFirstOperand(), division.getSecondOperand());
        call.setReceiver(division.getReceiver());
        call.setLocation(division.getLocation());
        division.replace(call);
    }

    /** The divisor is one constant, and neither 0 nor -1. */
    private static boolean isHarmless(Variable divisor, Program program) {
        DefinitionExtractor definitions = new DefinitionExtractor();
        long constant = 0;
        for (BasicBlock block : program.getBasicBlocks()) {
            for (Instruction instruction : block) {
                instruction.acceptVisitor(definitions);
                for (Variable defined : definitions.getDefinedVariables()) {
                    if (defined != divisor) continue;
                    if (constant != 0) return false;
                    if (instruction instanceof IntegerConstantInstruction) {
                        constant = ((IntegerConstantInstruction) instruction).getConstant();
                    } else if (instruction instanceof LongConstantInstruction) {
                        constant = ((LongConstantInstruction) instruction).getConstant();
                    } else {
                        return false;
                    }
                }
            }
        }
        return constant != 0 && constant != -1;
    }
}
