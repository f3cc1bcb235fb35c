package org.delchain.build;

import java.util.stream.Collectors;

/**
 * Writes the class that calls another contract by its interface: {@code new
 * Erc20At(address).transfer(to, amount)}.
 */
final class CallerWriter {
    private CallerWriter() {}

    static String write(String packageName, String name, Model.Interface calls, String codecs) {
        String methods =
                calls.methods().stream()
                        .map(CallerWriter::method)
                        .collect(Collectors.joining("\n"));
        return """
               %sfinal class %s extends org.delchain.Callee implements %s {
                   %s(org.delchain.Address address) {
                       super(address);
                   }

                   @Override
                   public %s withValue(org.delchain.U256 amount) {
                       super.withValue(amount);
                       return this;
                   }

                   @Override
                   public %s withGas(long limit) {
                       super.withGas(limit);
                       return this;
                   }

               %s
               %s}
               """
                .formatted(
                        packageName.isEmpty() ? "" : "package " + packageName + ";\n\n",
                        name,
                        calls.element().getQualifiedName(),
                        name,
                        name,
                        name,
                        methods,
                        codecs);
    }

    private static String method(Model.Method method) {
        String parameters =
                method.inputs().stream()
                        .map(input -> unboxed(input.type().java()) + " " + input.name())
                        .collect(Collectors.joining(", "));
        String call = method.mutability() == Model.Mutability.view ? "callStatic" : "call";
        String data =
                call + "(" + JavaWriter.encoder(method.selector(), method.inputs(), "", "") + ")";
        return """
                   @Override
                   public %s %s(%s) {
               %s    }
               """
                .formatted(unboxed(method.java()), method.name(), parameters, body(method, data));
    }

    private static String body(Model.Method method, String data) {
        if (method.outputs().isEmpty()) return "        requireCode();\n        " + data + ";\n";
        String input =
                "        "
                        + JavaWriter.ABI
                        + "Decoder input = new "
                        + JavaWriter.ABI
                        + "Decoder("
                        + data
                        + ", 0);\n";
        String values =
                method.outputs().stream()
                        .map(output -> "input.take(" + output.type().expression() + ")")
                        .collect(Collectors.joining(", "));
        return input
                + "        return "
                + (method.isSpread() ? "new " + method.java() + "(" + values + ")" : values)
                + ";\n";
    }

    private static String unboxed(String java) {
        switch (java) {
            case "Boolean":
                return "boolean";
            case "Byte":
                return "byte";
            case "Short":
                return "short";
            case "Integer":
                return "int";
            case "Long":
                return "long";
            default:
                return java;
        }
    }
}
