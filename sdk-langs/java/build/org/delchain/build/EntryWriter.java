package org.delchain.build;

import java.util.List;
import java.util.stream.Collectors;

/** Writes the class that takes a contract's calls: storage, dispatcher, events and errors. */
final class EntryWriter {
    private EntryWriter() {}

    static String write(String packageName, String name, Model.Contract contract, List<Model.Record> records, String codecs) {
        return """
                %s/** Written by the build. */
                public final class %s extends org.delchain.Entry {
                    private final %s contract = new %s();

                    public %s() {
                %s    }

                    %s contract() {
                        return contract;
                    }

                    @Override
                    public byte[] call(byte[] calldata) {
                %s    }

                    @Override
                    public void construct(byte[] calldata) {
                %s    }

                %s
                    @Override
                    protected void emit(org.delchain.Event event) {
                %s        throw new IllegalStateException("not an event of this contract");
                    }

                    @Override
                    protected byte[] encode(org.delchain.ContractError error) {
                %s        throw new IllegalStateException("not an error of this contract");
                    }

                %s}
                """
                .formatted(
                        packageName.isEmpty() ? "" : "package " + packageName + ";\n\n",
                        name,
                        contract.element().getSimpleName(), contract.element().getSimpleName(),
                        name,
                        lines(contract.slots(), slot -> "        contract." + slot.name() + " = " + slot.expression() + ";\n"),
                        contract.element().getSimpleName(),
                        dispatcher(contract),
                        constructor(contract.constructor()),
                        methods(contract.methods()),
                        lines(records, record -> record.isEvent() ? event(record) : ""),
                        lines(records, record -> record.isEvent() ? "" : error(record)),
                        codecs);
    }

    private static <T> String lines(List<T> all, java.util.function.Function<T, String> line) {
        return all.stream().map(line).collect(Collectors.joining());
    }

    private static String dispatcher(Model.Contract contract) {
        String last = "        throw org.delchain.Revert.empty();\n";
        if (contract.fallback() != null) {
            String guard = contract.isFallbackPayable() ? "" : "        refuseValue();\n";
            String call = "contract." + contract.fallback() + "();\n";
            last = guard + (contract.doesFallbackAnswer() ? "        return " + call : "        " + call + "        return new byte[0];\n");
        }
        StringBuilder source = new StringBuilder();
        if (contract.receive() != null) {
            source.append("        if (calldata.length == 0) {\n            contract." + contract.receive() + "();\n            return new byte[0];\n        }\n");
        }
        if (contract.methods().isEmpty()) return source + last;
        source.append("        if (hasSelector(calldata)) {\n            switch (selectorOf(calldata)) {\n");
        for (int i = 0; i < contract.methods().size(); i++) {
            Model.Method method = contract.methods().get(i);
            source.append("                case " + method.selector() + ": // " + method.signature() + "\n");
            source.append("                    return method" + i + "(calldata);\n");
        }
        return source + "                default:\n            }\n        }\n" + last;
    }

    private static String constructor(Model.Method constructor) {
        if (constructor == null) return "        refuseValue();\n";
        return body(constructor, 0);
    }

    private static String methods(List<Model.Method> methods) {
        StringBuilder source = new StringBuilder();
        for (int i = 0; i < methods.size(); i++) {
            Model.Method method = methods.get(i);
            String result = method.outputs().isEmpty() ? "        return new byte[0];\n" : "";
            source.append("    private byte[] method" + i + "(byte[] calldata) {\n" + body(method, 4) + result + "    }\n\n");
        }
        return source.toString();
    }

    private static String body(Model.Method method, int start) {
        StringBuilder source = new StringBuilder();
        if (method.mutability() != Model.Mutability.payable) source.append("        refuseValue();\n");
        if (!method.inputs().isEmpty()) {
            source.append("        " + JavaWriter.ABI + "Decoder input = new " + JavaWriter.ABI + "Decoder(calldata, " + start + ");\n");
        }
        for (int i = 0; i < method.inputs().size(); i++) {
            AbiType type = method.inputs().get(i).type();
            source.append("        " + type.java() + " value" + i + " = input.take(" + type.expression() + ");\n");
        }
        if (method.isNonReentrant()) source.append("        org.delchain.ReentrancyGuard.enter();\n");
        String arguments =
                java.util.stream.IntStream.range(0, method.inputs().size()).mapToObj(i -> "value" + i).collect(Collectors.joining(", "));
        String call = "contract." + method.name() + "(" + arguments + ")";
        source.append("        " + (method.outputs().isEmpty() ? "" : method.java() + " result = ") + call + ";\n");
        if (method.isNonReentrant()) source.append("        org.delchain.ReentrancyGuard.leave();\n");
        if (!method.outputs().isEmpty()) {
            String values = method.isSpread() ? "result." : "result";
            source.append("        return " + JavaWriter.encoder("", method.outputs(), values, method.isSpread() ? "()" : "") + ";\n");
        }
        return source.toString();
    }

    private static String event(Model.Record record) {
        String topics =
                lines(
                        record.fields().stream().filter(AbiType.Field::isIndexed).toList(),
                        field -> ", " + field.type().expression() + ".topic(one." + field.name() + "())");
        List<AbiType.Field> data = record.fields().stream().filter(field -> !field.isIndexed()).toList();
        return """
                        if (event instanceof %s) {
                            %s one = (%s) event;
                            byte[][] topics = {%s%s};
                            org.delchain.Host.emitLog(topics, %s);
                            return;
                        }
                """
                .formatted(
                        record.java(), record.java(), record.java(),
                        JavaWriter.words(Keccak.hash(record.signature())), topics,
                        JavaWriter.encoder("", data, "one.", "()"));
    }

    private static String error(Model.Record record) {
        String selector = "0x" + Keccak.hash(record.signature()).substring(0, 8);
        return """
                        if (error instanceof %s) {
                            %s one = (%s) error;
                            return %s;
                        }
                """
                .formatted(record.java(), record.java(), record.java(), JavaWriter.encoder(selector, record.fields(), "one.", "()"));
    }

    /** The two exports of the wasm tier. */
    static String writeExports(String packageName, String name, String entry) {
        return """
                %sfinal class %s {
                    private %s() {}

                    @org.teavm.interop.Export(name = "user_entrypoint")
                    static int call(int length) {
                        return org.delchain.Program.call(new %s(), length);
                    }

                    @org.teavm.interop.Export(name = "user_constructor")
                    static int construct(int length) {
                        return org.delchain.Program.construct(new %s(), length);
                    }

                    public static void main(String[] arguments) {}
                }
                """
                .formatted(packageName.isEmpty() ? "" : "package " + packageName + ";\n\n", name, name, entry, entry);
    }

    /** The class that a container's launcher starts. */
    static String writeProgram(String packageName, String name, String entry) {
        return """
                %spublic final class %s extends org.delchain.ContractProgram {
                    @Override
                    protected org.delchain.Entry entry() {
                        return new %s();
                    }
                }
                """
                .formatted(packageName.isEmpty() ? "" : "package " + packageName + ";\n\n", name, entry);
    }
}
