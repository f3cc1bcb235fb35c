package org.delchain.build;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The JSON ABI as solc writes it for the same contract. Names are Java identifiers, so nothing
 * needs escaping.
 */
final class AbiWriter {
    private AbiWriter() {}

    static String write(Model.Contract contract, List<Model.Record> records) {
        List<String> entries = new ArrayList<>();
        if (contract.constructor() != null) {
            entries.add(
                    "{\"inputs\":"
                            + values(contract.constructor().inputs(), false)
                            + ",\"stateMutability\":\""
                            + contract.constructor().mutability()
                            + "\",\"type\":\"constructor\"}");
        }
        for (Model.Record record : records) {
            String head = record.isEvent() ? "{\"anonymous\":false,\"inputs\":" : "{\"inputs\":";
            entries.add(
                    head
                            + values(record.fields(), record.isEvent())
                            + ",\"name\":\""
                            + record.name()
                            + "\",\"type\":\""
                            + (record.isEvent() ? "event" : "error")
                            + "\"}");
        }
        for (Model.Method method : contract.methods()) entries.add(method(method));
        if (contract.receive() != null)
            entries.add("{\"stateMutability\":\"payable\",\"type\":\"receive\"}");
        if (contract.fallback() != null) {
            String mutability = contract.isFallbackPayable() ? "payable" : "nonpayable";
            entries.add("{\"stateMutability\":\"" + mutability + "\",\"type\":\"fallback\"}");
        }
        return "[" + String.join(",", entries) + "]";
    }

    private static String method(Model.Method method) {
        return "{\"inputs\":"
                + values(method.inputs(), false)
                + ",\"name\":\""
                + method.name()
                + "\",\"outputs\":"
                + values(method.outputs(), false)
                + ",\"stateMutability\":\""
                + method.mutability()
                + "\",\"type\":\"function\"}";
    }

    private static String values(List<AbiType.Field> fields, boolean isEvent) {
        return fields.stream()
                .map(field -> value(field, isEvent))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static String value(AbiType.Field field, boolean isEvent) {
        AbiType type = field.type();
        String components =
                type.components().isEmpty()
                        ? ""
                        : "\"components\":" + values(type.components(), false) + ",";
        String indexed = isEvent ? "\"indexed\":" + field.isIndexed() + "," : "";
        return "{"
                + components
                + indexed
                + "\"internalType\":\""
                + type.internal()
                + "\",\"name\":\""
                + field.name()
                + "\",\"type\":\""
                + type.solidity()
                + "\"}";
    }
}
