package org.delchain.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/** Reads what is annotated. Throws {@link Refusal}. */
final class ContractReader {
    /** Four topics are the most that a log has; the first is the event's hash. */
    private static final int INDEXED_MAX = 3;

    private static final List<String> METHOD_ANNOTATIONS =
            List.of(
                    "External",
                    "View",
                    "Payable",
                    "Constructor",
                    "Receive",
                    "Fallback",
                    "NonReentrant");

    private final TypeReader types;
    private final Elements elements;

    ContractReader(TypeReader types, Elements elements) {
        this.types = types;
        this.elements = elements;
    }

    static boolean has(Element element, String annotation) {
        return element.getAnnotationMirrors().stream()
                .anyMatch(
                        mirror ->
                                mirror.getAnnotationType()
                                        .toString()
                                        .equals("org.delchain." + annotation));
    }

    Model.Contract contract(TypeElement element) {
        requireInstantiable(element);
        Model.Method constructor = null;
        String receive = null;
        String fallback = null;
        boolean isFallbackPayable = false;
        boolean doesFallbackAnswer = false;
        List<Model.Method> methods = new ArrayList<>();
        for (ExecutableElement method : methodsOf(element)) {
            requireCallable(method);
            if (has(method, "Constructor")) {
                requireFirst(constructor, method, "Constructor");
                if (method.getReturnType().getKind() != TypeKind.VOID)
                    throw new Refusal(method, "a @Constructor returns nothing");
                constructor = method(method);
            } else if (has(method, "Receive")) {
                requireFirst(receive, method, "Receive");
                receive = plainMethod(method, "Receive");
            } else if (has(method, "Fallback")) {
                requireFirst(fallback, method, "Fallback");
                fallback = plainMethod(method, "Fallback");
                doesFallbackAnswer = method.getReturnType().getKind() != TypeKind.VOID;
                isFallbackPayable = has(method, "Payable");
            } else {
                add(methods, method);
            }
        }
        return new Model.Contract(
                element,
                slots(element),
                constructor,
                methods,
                receive,
                fallback,
                isFallbackPayable,
                doesFallbackAnswer);
    }

    Model.Interface contractInterface(TypeElement element) {
        if (!element.getKind().isInterface())
            throw new Refusal(element, "@ContractInterface stands before an interface");
        List<Model.Method> methods = new ArrayList<>();
        for (ExecutableElement method : ElementFilter.methodsIn(element.getEnclosedElements())) {
            if (!has(method, "External") && !has(method, "View")) {
                throw new Refusal(
                        method, method.getSimpleName() + " is neither @External nor @View");
            }
            add(methods, method);
        }
        return new Model.Interface(element, methods);
    }

    /** The class and those above it, the uppermost first. */
    private static List<TypeElement> chain(TypeElement element) {
        List<TypeElement> chain = new ArrayList<>();
        TypeMirror type = element.asType();
        while (type.getKind() == TypeKind.DECLARED && !type.toString().equals("java.lang.Object")) {
            TypeElement one = (TypeElement) ((DeclaredType) type).asElement();
            chain.add(0, one);
            type = one.getSuperclass();
        }
        return chain;
    }

    /**
     * What is annotated, from the uppermost class down; what overrides takes the place of the
     * other.
     */
    private static Collection<ExecutableElement> methodsOf(TypeElement element) {
        Map<String, ExecutableElement> methods = new LinkedHashMap<>();
        for (TypeElement one : chain(element)) {
            for (ExecutableElement method : ElementFilter.methodsIn(one.getEnclosedElements())) {
                String key = method.getSimpleName() + method.asType().toString();
                if (isMarked(method)) methods.put(key, method);
            }
        }
        return methods.values();
    }

    private void add(List<Model.Method> methods, ExecutableElement method) {
        Model.Method read = method(method);
        for (Model.Method other : methods) {
            if (other.selector().equals(read.selector())) {
                throw new Refusal(
                        method,
                        read.signature()
                                + " has the selector "
                                + read.selector()
                                + " of "
                                + other.signature());
            }
        }
        methods.add(read);
    }

    private static boolean isMarked(ExecutableElement method) {
        List<String> marks = METHOD_ANNOTATIONS.stream().filter(name -> has(method, name)).toList();
        if (marks.isEmpty()) return false;
        boolean isReachable =
                marks.stream()
                        .anyMatch(name -> !name.equals("Payable") && !name.equals("NonReentrant"));
        if (!isReachable) {
            throw new Refusal(
                    method,
                    "@"
                            + marks.get(0)
                            + " means nothing without @External: nobody can call "
                            + method.getSimpleName());
        }
        if (marks.contains("View")
                && (marks.contains("Payable") || marks.contains("NonReentrant"))) {
            throw new Refusal(
                    method, "a @View method changes nothing: it takes no value and no lock");
        }
        return true;
    }

    private static void requireFirst(Object before, Element element, String name) {
        if (before != null) throw new Refusal(element, "a contract has at most one @" + name);
    }

    private static void requireInstantiable(TypeElement element) {
        if (element.getModifiers().contains(Modifier.ABSTRACT) || !element.getKind().isClass()) {
            throw new Refusal(element, "a @Contract is a class that is not abstract");
        }
        if (element.getNestingKind() != NestingKind.TOP_LEVEL)
            throw new Refusal(element, "a @Contract is not inside another class");
        List<ExecutableElement> constructors =
                ElementFilter.constructorsIn(element.getEnclosedElements());
        boolean isPlain =
                constructors.stream()
                        .allMatch(
                                one ->
                                        one.getParameters().isEmpty()
                                                && !one.getModifiers().contains(Modifier.PRIVATE));
        if (!isPlain) {
            throw new Refusal(
                    element,
                    "a Java constructor runs before each call: put what runs once into a"
                            + " @Constructor method");
        }
    }

    private static void requireCallable(ExecutableElement method) {
        Set<Modifier> modifiers = method.getModifiers();
        if (modifiers.contains(Modifier.PRIVATE) || modifiers.contains(Modifier.STATIC)) {
            throw new Refusal(
                    method,
                    method.getSimpleName()
                            + " can be called from outside, so it is neither private nor static");
        }
    }

    private static String plainMethod(ExecutableElement method, String name) {
        boolean isFallback = name.equals("Fallback");
        boolean isFitting =
                method.getReturnType().getKind() == TypeKind.VOID
                        || isFallback && method.getReturnType().toString().equals("byte[]");
        if (!method.getParameters().isEmpty() || !isFitting) {
            throw new Refusal(
                    method,
                    "a @"
                            + name
                            + " method has no parameters and returns nothing"
                            + (isFallback ? ", or byte[]" : ""));
        }
        return method.getSimpleName().toString();
    }

    private Model.Method method(ExecutableElement method) {
        List<AbiType.Field> inputs = new ArrayList<>();
        for (VariableElement parameter : method.getParameters()) {
            inputs.add(
                    new AbiType.Field(
                            parameter.getSimpleName().toString(),
                            types.read(parameter.asType(), parameter),
                            false));
        }
        TypeMirror result = method.getReturnType();
        boolean isSpread =
                TypeReader.isRecord(result) && has(((DeclaredType) result).asElement(), "Results");
        List<AbiType.Field> outputs = List.of();
        String java = "void";
        if (isSpread) {
            TypeElement record = (TypeElement) ((DeclaredType) result).asElement();
            java = record.getQualifiedName().toString();
            outputs = types.fields(record);
        } else if (result.getKind() != TypeKind.VOID) {
            AbiType output = types.read(result, method);
            java = output.java();
            outputs = List.of(new AbiType.Field("", output, false));
        }
        Model.Mutability mutability =
                has(method, "View")
                        ? Model.Mutability.view
                        : has(method, "Payable")
                                ? Model.Mutability.payable
                                : Model.Mutability.nonpayable;
        return new Model.Method(
                method.getSimpleName().toString(),
                inputs,
                java,
                outputs,
                isSpread,
                mutability,
                has(method, "NonReentrant"));
    }

    private List<Model.Slot> slots(TypeElement element) {
        List<Model.Slot> slots = new ArrayList<>();
        List<VariableElement> fields = new ArrayList<>();
        for (TypeElement one : chain(element)) {
            fields.addAll(ElementFilter.fieldsIn(one.getEnclosedElements()));
        }
        for (VariableElement field : fields) {
            Set<Modifier> modifiers = field.getModifiers();
            if (modifiers.contains(Modifier.STATIC)) {
                if (modifiers.contains(Modifier.FINAL)) continue;
                throw new Refusal(
                        field,
                        field.getSimpleName()
                                + " is forgotten when the call ends: make it a Value, or final");
            }
            if (modifiers.contains(Modifier.PRIVATE) || modifiers.contains(Modifier.FINAL)) {
                throw new Refusal(
                        field,
                        field.getSimpleName()
                                + " is storage, which the build gives its slot: neither private nor"
                                + " final");
            }
            requireReachable(field, element);
            slots.add(
                    new Model.Slot(
                            field.getSimpleName().toString(),
                            storage(field.asType(), field, true)));
        }
        return slots;
    }

    private void requireReachable(VariableElement field, TypeElement contract) {
        PackageElement own = elements.getPackageOf(contract);
        if (field.getModifiers().contains(Modifier.PUBLIC)) return;
        if (elements.getPackageOf(field).equals(own)) return;
        throw new Refusal(
                contract,
                field.getSimpleName()
                        + " of "
                        + field.getEnclosingElement()
                        + " is storage in another package: make it public");
    }

    /** Java source of how a field lies in storage; of the field's value at the top level. */
    private String storage(TypeMirror type, VariableElement field, boolean isField) {
        List<? extends TypeMirror> arguments =
                type.getKind() == TypeKind.DECLARED
                        ? ((DeclaredType) type).getTypeArguments()
                        : List.of();
        switch (TypeReader.nameOf(type)) {
            case "Value":
                if (!isField || arguments.size() != 1) break;
                return "value(" + types.read(arguments.get(0), field).expression() + ")";
            case "Mapping":
                if (arguments.size() != 2) break;
                AbiType key = types.read(arguments.get(0), field);
                if (!key.isTopic())
                    throw new Refusal(field, key.internal() + " cannot be a mapping's key");
                String mapping =
                        "org.delchain.abi.Types.mapping("
                                + key.expression()
                                + ", "
                                + storage(arguments.get(1), field, false)
                                + ")";
                return isField ? "handle(" + mapping + ")" : mapping;
            case "Array":
                if (arguments.size() != 1) break;
                int length = TypeReader.number(type, "Length");
                String array =
                        "org.delchain.abi.Types.storedArray("
                                + storage(arguments.get(0), field, false)
                                + ", "
                                + length
                                + ")";
                return isField ? "handle(" + array + ")" : array;
            default:
                if (!isField) return types.read(type, field).expression();
        }
        throw new Refusal(
                field,
                field.getSimpleName()
                        + " is a field of a contract, so it is storage: Value<T>, Mapping<K, V> or"
                        + " Array<T>, not "
                        + type);
    }

    /** A record that implements {@code Event} or {@code ContractError}. */
    Model.Record record(TypeElement element, boolean isEvent) {
        List<AbiType.Field> fields = new ArrayList<>();
        int indexed = 0;
        for (RecordComponentElement component :
                ElementFilter.recordComponentsIn(element.getEnclosedElements())) {
            String name = component.getSimpleName().toString();
            boolean isIndexed = isIndexed(element, name);
            AbiType type = types.read(component.asType(), component);
            if (isIndexed && !isEvent)
                throw new Refusal(component, "an error has no topics: @Indexed is for events");
            if (isIndexed && !type.isTopic()) {
                throw new Refusal(
                        component, name + " cannot be indexed: only values, strings and bytes can");
            }
            if (isIndexed) indexed++;
            fields.add(new AbiType.Field(name, type, isIndexed));
        }
        if (indexed > INDEXED_MAX) {
            throw new Refusal(
                    element,
                    element.getSimpleName()
                            + " has "
                            + indexed
                            + " indexed fields; a log takes "
                            + INDEXED_MAX);
        }
        return new Model.Record(
                element.getSimpleName().toString(),
                element.getQualifiedName().toString(),
                isEvent,
                fields);
    }

    /** The annotation goes to the parameter of the record's constructor. */
    private static boolean isIndexed(TypeElement record, String name) {
        return ElementFilter.constructorsIn(record.getEnclosedElements()).stream()
                .flatMap(constructor -> constructor.getParameters().stream())
                .anyMatch(
                        parameter ->
                                parameter.getSimpleName().contentEquals(name)
                                        && has(parameter, "Indexed"));
    }
}
