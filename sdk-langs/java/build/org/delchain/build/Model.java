package org.delchain.build;

import java.util.List;

import javax.lang.model.element.TypeElement;

/** What the annotations of a program say. */
final class Model {
    private Model() {}

    enum Mutability {
        view,
        nonpayable,
        payable
    }

    /**
     * @param java what it returns in Java; {@code void} for nothing
     * @param outputs none, the one, or the fields of a record that is marked {@code @Results}
     */
    record Method(
            String name,
            List<AbiType.Field> inputs,
            String java,
            List<AbiType.Field> outputs,
            boolean isSpread,
            Mutability mutability,
            boolean isNonReentrant) {

        String signature() {
            return name + "(" + AbiType.canonical(inputs) + ")";
        }

        String selector() {
            return "0x" + Keccak.hash(signature()).substring(0, 8);
        }
    }

    /** A storage field: its name and the Java source that makes it. */
    record Slot(String name, String expression) {}

    /** An event or a custom error. */
    record Record(String name, String java, boolean isEvent, List<AbiType.Field> fields) {
        String signature() {
            return name + "(" + AbiType.canonical(fields) + ")";
        }
    }

    /** A struct: the codec that is written for it. */
    record Struct(String codec, String java, List<AbiType.Field> fields) {}

    record Contract(
            TypeElement element,
            List<Slot> slots,
            Method constructor,
            List<Method> methods,
            String receive,
            String fallback,
            boolean isFallbackPayable,
            boolean doesFallbackAnswer) {}

    record Interface(TypeElement element, List<Method> methods) {}
}
