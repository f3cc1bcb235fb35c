package org.delchain.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.lang.model.AnnotatedConstruct;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Java types as Solidity's, with the source of their codecs. Throws {@link Refusal}. */
final class TypeReader {
    /** They are kept in a byte. */
    private static final int ENUM_CONSTANTS_MAX = 256;

    private static final String TYPES = "org.delchain.abi.Types.";
    private static final String SUPPORTED =
            "use U256, I256, long, int, short, byte, boolean, Address, Bytes32, byte[], String, a"
                    + " record, or an array of these";

    /** Structs that were met, by the record's name. */
    private final Map<String, Model.Struct> structs = new LinkedHashMap<>();

    private final List<String> open = new ArrayList<>();

    List<Model.Struct> structs() {
        return List.copyOf(structs.values());
    }

    AbiType read(TypeMirror type, Element at) {
        int unsigned = number(type, "Uint");
        int signed = number(type, "Int");
        if (unsigned >= 0 && signed >= 0)
            throw new Refusal(at, "a type is @Uint or @Int, not both");
        int bits = unsigned >= 0 ? unsigned : signed;
        AbiType read =
                type.getKind() == TypeKind.ARRAY
                        ? array((ArrayType) type, at)
                        : single(type, bits, unsigned >= 0, at);
        if (read == null)
            throw new Refusal(at, type + " has no word in Solidity's ABI here; " + SUPPORTED);
        return read;
    }

    private AbiType single(TypeMirror type, int bits, boolean isUnsigned, Element at) {
        String name = nameOf(type);
        boolean isNumber = List.of("byte", "short", "int", "long", "U256", "I256").contains(name);
        if (bits >= 0 && !isNumber)
            throw new Refusal(at, "@Uint and @Int stand before a number, not before " + name);
        switch (name) {
            case "boolean":
                return AbiType.simple("bool", "Boolean", TYPES + "bool()");
            case "byte":
                return small(name, "Byte", 8, bits, isUnsigned, at);
            case "short":
                return small(name, "Short", 16, bits, isUnsigned, at);
            case "int":
                return small(name, "Integer", 32, bits, isUnsigned, at);
            case "long":
                return small(name, "Long", 64, bits, isUnsigned, at);
            case "U256":
                if (bits >= 0 && !isUnsigned)
                    throw new Refusal(at, "U256 is unsigned: use @Uint, or I256");
                return wide("uint", "org.delchain.U256", "uint", bits, at);
            case "I256":
                if (bits >= 0 && isUnsigned)
                    throw new Refusal(at, "I256 is signed: use @Int, or U256");
                return wide("int", "org.delchain.I256", "signed", bits, at);
            case "Address":
                return AbiType.simple("address", "org.delchain.Address", TYPES + "address()");
            case "Bytes32":
                return AbiType.simple("bytes32", "org.delchain.Bytes32", TYPES + "bytes32()");
            case "String":
                return AbiType.simple("string", "String", TYPES + "string()");
            default:
                if (isRecord(type)) return struct((DeclaredType) type, at);
                return kindOf(type) == ElementKind.ENUM
                        ? enumeration((DeclaredType) type, at)
                        : null;
        }
    }

    private AbiType small(
            String name, String boxed, int width, int bits, boolean isUnsigned, Element at) {
        int taken = bits >= 0 ? width(bits, width, name, at) : width;
        String codec = name.equals("byte") ? "bytes(" : name + "s(" + taken + ", ";
        return AbiType.simple(
                (isUnsigned ? "uint" : "int") + taken, boxed, TYPES + codec + !isUnsigned + ")");
    }

    private AbiType wide(String solidity, String java, String codec, int bits, Element at) {
        int taken = bits >= 0 ? width(bits, 256, java, at) : 256;
        return AbiType.simple(solidity + taken, java, TYPES + codec + "(" + taken + ")");
    }

    private int width(int bits, int most, String name, Element at) {
        if (bits >= 8 && bits <= most && bits % 8 == 0) return bits;
        throw new Refusal(
                at, bits + " bits do not fit " + name + ": a multiple of 8 from 8 to " + most);
    }

    private AbiType array(ArrayType type, Element at) {
        TypeMirror component = type.getComponentType();
        int length = number(type, "Length");
        if (length == 0) throw new Refusal(at, "@Length(0): an array holds one item at least");
        boolean isBytes =
                component.getKind() == TypeKind.BYTE
                        && number(component, "Uint") < 0
                        && number(component, "Int") < 0;
        if (isBytes) {
            if (length > 32)
                throw new Refusal(
                        at,
                        "@Length("
                                + length
                                + ") of bytes: Solidity's are up to 32, else leave it out");
            return length < 0
                    ? AbiType.simple("bytes", "byte[]", TYPES + "bytes()")
                    : AbiType.simple(
                            "bytes" + length, "byte[]", TYPES + "fixedBytes(" + length + ")");
        }
        AbiType item = read(component, at);
        String suffix = length < 0 ? "[]" : "[" + length + "]";
        String java =
                component.getKind().isPrimitive()
                        ? component.getKind().name().toLowerCase()
                        : item.java();
        return new AbiType(
                item.solidity() + suffix,
                item.internal() + suffix,
                java + "[]",
                codecOfArray(component, java, item, length, at),
                false,
                item.components());
    }

    private String codecOfArray(
            TypeMirror component, String java, AbiType item, int length, Element at) {
        switch (component.getKind()) {
            case BOOLEAN:
                return TYPES + "booleanArray(" + length + ")";
            case LONG:
            case INT:
            case SHORT:
                return TYPES + java + "Array(" + item.expression() + ", " + length + ")";
            case BYTE:
                throw new Refusal(
                        at,
                        "an array of 8-bit numbers: use short[] with @Uint(8) or @Int(8) before"
                                + " it");
            default:
                // `byte[][]::new` makes the outer array, as `X[]::new` does.
                return TYPES
                        + "array("
                        + item.expression()
                        + ", "
                        + length
                        + ", "
                        + java
                        + "[]::new)";
        }
    }

    private AbiType enumeration(DeclaredType type, Element at) {
        TypeElement element = (TypeElement) type.asElement();
        long constants =
                element.getEnclosedElements().stream()
                        .filter(one -> one.getKind() == ElementKind.ENUM_CONSTANT)
                        .count();
        if (constants < 1 || constants > ENUM_CONSTANTS_MAX) {
            throw new Refusal(
                    at,
                    type
                            + " has "
                            + constants
                            + " constants; Solidity's enums have 1 to "
                            + ENUM_CONSTANTS_MAX);
        }
        String java = element.getQualifiedName().toString();
        String codec = TYPES + "enumeration(" + java + ".values())";
        return new AbiType(
                "uint8", "enum " + element.getSimpleName(), java, codec, true, List.of());
    }

    private AbiType struct(DeclaredType type, Element at) {
        TypeElement record = (TypeElement) type.asElement();
        String java = record.getQualifiedName().toString();
        if (open.contains(java)) throw new Refusal(at, record.getSimpleName() + " contains itself");
        Model.Struct known = structs.get(java);
        if (known == null) {
            open.add(java);
            known = new Model.Struct(java.replace('.', '_') + "Codec", java, fields(record));
            open.remove(java);
            if (known.fields().isEmpty())
                throw new Refusal(at, record.getSimpleName() + " has no fields");
            structs.put(java, known);
        }
        String internal = "struct " + record.getSimpleName();
        return new AbiType(
                "tuple", internal, java, "new " + known.codec() + "()", false, known.fields());
    }

    List<AbiType.Field> fields(TypeElement record) {
        List<AbiType.Field> fields = new ArrayList<>();
        for (RecordComponentElement component :
                ElementFilter.recordComponentsIn(record.getEnclosedElements())) {
            fields.add(
                    new AbiType.Field(
                            component.getSimpleName().toString(),
                            read(component.asType(), component),
                            false));
        }
        return fields;
    }

    static boolean isRecord(TypeMirror type) {
        return kindOf(type) == ElementKind.RECORD;
    }

    private static ElementKind kindOf(TypeMirror type) {
        if (type.getKind() != TypeKind.DECLARED) return ElementKind.OTHER;
        return ((DeclaredType) type).asElement().getKind();
    }

    /**
     * {@code long} for {@code Long} too; the SDK's and Java's types by their simple names, all
     * others in full.
     */
    static String nameOf(TypeMirror type) {
        if (type.getKind().isPrimitive()) return type.getKind().name().toLowerCase();
        if (type.getKind() != TypeKind.DECLARED) return type.toString();
        String name =
                ((TypeElement) ((DeclaredType) type).asElement()).getQualifiedName().toString();
        switch (name) {
            case "java.lang.Boolean":
                return "boolean";
            case "java.lang.Byte":
                return "byte";
            case "java.lang.Short":
                return "short";
            case "java.lang.Integer":
                return "int";
            case "java.lang.Long":
                return "long";
            case "java.lang.String":
                return "String";
            default:
                return name.startsWith("org.delchain.")
                        ? name.substring("org.delchain.".length())
                        : name;
        }
    }

    /** The number in an annotation of the SDK, or -1. */
    static int number(AnnotatedConstruct annotated, String annotation) {
        for (AnnotationMirror mirror : annotated.getAnnotationMirrors()) {
            if (!mirror.getAnnotationType().toString().equals("org.delchain." + annotation))
                continue;
            return (Integer) mirror.getElementValues().values().iterator().next().getValue();
        }
        return -1;
    }
}
