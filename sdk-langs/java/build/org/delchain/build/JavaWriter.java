package org.delchain.build;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Java source that more than one generated class has. Names are in full, because nothing is
 * imported.
 */
final class JavaWriter {
    static final String ABI = "org.delchain.abi.";

    private JavaWriter() {}

    static int headBytes(List<AbiType.Field> fields) {
        return fields.stream().mapToInt(field -> headBytes(field.type())).sum();
    }

    /** As the codec counts at run time: a static array or struct lies in the head as a whole. */
    private static int headBytes(AbiType type) {
        return isDynamic(type.solidity(), type.components())
                ? 32
                : staticBytes(type.solidity(), type.components());
    }

    private static boolean isDynamic(String solidity, List<AbiType.Field> components) {
        if (solidity.contains("[]")
                || solidity.startsWith("string")
                || solidity.equals("bytes")
                || solidity.startsWith("bytes[")) {
            return true;
        }
        return components.stream()
                .anyMatch(field -> isDynamic(field.type().solidity(), field.type().components()));
    }

    private static int staticBytes(String solidity, List<AbiType.Field> components) {
        int open = solidity.lastIndexOf('[');
        if (open >= 0) {
            int length = Integer.parseInt(solidity.substring(open + 1, solidity.length() - 1));
            return length * staticBytes(solidity.substring(0, open), components);
        }
        return components.isEmpty() ? 32 : headBytes(components);
    }

    /** {@code new Encoder(…).heads(n).add(…)…finish()} */
    static String encoder(
            String selector, List<AbiType.Field> fields, String prefix, String suffix) {
        String adds =
                fields.stream()
                        .map(
                                field ->
                                        ".add("
                                                + field.type().expression()
                                                + ", "
                                                + prefix
                                                + field.name()
                                                + suffix
                                                + ")")
                        .collect(Collectors.joining());
        return "new "
                + ABI
                + "Encoder("
                + selector
                + ").heads("
                + headBytes(fields)
                + ")"
                + adds
                + ".finish()";
    }

    static String words(String hash) {
        return List.of(0, 16, 32, 48).stream()
                .map(at -> "0x" + hash.substring(at, at + 16) + "L")
                .collect(Collectors.joining(", ", "org.delchain.Words.of(", ")"));
    }

    /** The codecs of the structs, as nested classes. */
    static String codecs(List<Model.Struct> structs) {
        return structs.stream().map(JavaWriter::codec).collect(Collectors.joining("\n"));
    }

    private static String codec(Model.Struct struct) {
        String types =
                struct.fields().stream()
                        .map(field -> field.type().expression())
                        .collect(Collectors.joining(", "));
        String parts =
                struct.fields().stream()
                        .map(field -> "record." + field.name() + "()")
                        .collect(Collectors.joining(", "));
        StringBuilder make = new StringBuilder();
        for (int i = 0; i < struct.fields().size(); i++) {
            make.append(i == 0 ? "" : ", ")
                    .append("(" + struct.fields().get(i).type().java() + ") parts[" + i + "]");
        }
        return """
                   private static final class %s extends %sTupleType<%s> {
                       %s() {
                           super(%s);
                       }

                       @Override
                       protected Object[] parts(%s record) {
                           return new Object[] {%s};
                       }

                       @Override
                       protected %s of(Object[] parts) {
                           return new %s(%s);
                       }
                   }
               """
                .formatted(
                        struct.codec(),
                        ABI,
                        struct.java(),
                        struct.codec(),
                        types,
                        struct.java(),
                        parts,
                        struct.java(),
                        struct.java(),
                        make);
    }
}
