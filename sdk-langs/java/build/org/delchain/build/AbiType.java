package org.delchain.build;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One type that crosses a contract's border.
 *
 * @param solidity as the JSON ABI writes it: {@code tuple[]} for an array of structs
 * @param internal as solc writes it beside that: {@code struct Point[]}
 * @param java the Java type, boxed
 * @param expression Java source of its codec
 * @param isTopic whether it can be indexed
 * @param components the fields of a struct, also behind arrays of it
 */
record AbiType(
        String solidity,
        String internal,
        String java,
        String expression,
        boolean isTopic,
        List<Field> components) {

    record Field(String name, AbiType type, boolean isIndexed) {}

    static AbiType simple(String solidity, String java, String expression) {
        return new AbiType(solidity, solidity, java, expression, true, List.of());
    }

    /** As signatures have it: structs by their fields. */
    String canonical() {
        if (components.isEmpty()) return solidity;
        return "(" + canonical(components) + ")" + solidity.substring("tuple".length());
    }

    static String canonical(List<Field> fields) {
        return fields.stream()
                .map(field -> field.type().canonical())
                .collect(Collectors.joining(","));
    }
}
