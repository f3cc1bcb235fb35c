package org.delchain.build;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Messager;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.annotation.processing.SupportedOptions;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/**
 * Writes what a contract's annotations ask for: the entry with its dispatcher, the callers of contract interfaces, and
 * {@code contract.json} with the ABI. Errors stand at the source line that they are about.
 */
@SupportedAnnotationTypes("*")
@SupportedOptions({"tier", "sources"})
public final class ContractProcessor extends AbstractProcessor {
    private final List<TypeElement> records = new ArrayList<>();
    /** One, except in tests, which may know several. */
    private final List<TypeElement> contracts = new ArrayList<>();
    private boolean isWritten;

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        try {
            for (Element root : round.getRootElements()) visit(root);
            if (!contracts.isEmpty() && !isWritten) {
                isWritten = true;
                for (TypeElement contract : contracts) writeContract(contract);
            }
        } catch (Refusal refusal) {
            isWritten = true;
            report(refusal);
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
        return false;
    }

    private void report(Refusal refusal) {
        Messager messager = processingEnv.getMessager();
        try {
            String place = Places.of(refusal.element, processingEnv.getOptions().get("sources"));
            if (place.isEmpty()) messager.printMessage(Diagnostic.Kind.ERROR, refusal.getMessage(), refusal.element);
            else messager.printMessage(Diagnostic.Kind.ERROR, place + refusal.getMessage());
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private void visit(Element element) throws IOException {
        if (!(element instanceof TypeElement)) return;
        TypeElement type = (TypeElement) element;
        if (ContractReader.has(type, "Contract")) {
            if (tier() != null && !contracts.isEmpty()) {
                throw new Refusal(type, "a program is one contract: " + contracts.get(0).getSimpleName() + " is another one");
            }
            contracts.add(type);
        }
        if (ContractReader.has(type, "ContractInterface")) writeCaller(type);
        if (type.getKind() == ElementKind.RECORD && (isA(type, "Event") || isA(type, "ContractError"))) records.add(type);
        for (Element inner : type.getEnclosedElements()) visit(inner);
    }

    private static boolean isA(TypeElement type, String name) {
        return type.getInterfaces().stream().map(TypeMirror::toString).anyMatch(one -> one.equals("org.delchain." + name));
    }

    private String tier() {
        return processingEnv.getOptions().get("tier");
    }

    private void writeContract(TypeElement contract) throws IOException {
        TypeReader types = new TypeReader();
        ContractReader reader = new ContractReader(types, processingEnv.getElementUtils());
        Model.Contract model = reader.contract(contract);
        List<Model.Record> read = new ArrayList<>();
        for (TypeElement record : records) read.add(reader.record(record, isA(record, "Event")));
        // Rounds give classes in an order of their own.
        read.sort(Comparator.comparing(Model.Record::java));
        String packageName = packageOf(contract);
        String entry = contract.getSimpleName() + "Entry";
        writeClass(packageName, entry, contract, EntryWriter.write(packageName, entry, model, read, JavaWriter.codecs(types.structs())));
        String main = contract.getSimpleName() + "Exports";
        String tier = tier();
        if (tier == null) return;
        if ("container".equals(tier)) {
            String program = contract.getSimpleName() + "Program";
            writeClass(packageName, program, contract, EntryWriter.writeProgram(packageName, program, entry));
        }
        if ("wasm".equals(tier)) {
            writeClass(packageName, main, contract, EntryWriter.writeExports(packageName, main, entry));
        }
        String prefix = packageName.isEmpty() ? "" : packageName + ".";
        String json =
                "{\"contract\":\"" + prefix + contract.getSimpleName() + "\",\"entry\":\"" + prefix + entry
                        + "\",\"exports\":\"" + prefix + main + "\",\"abi\":" + AbiWriter.write(model, read) + "}\n";
        try (Writer out =
                processingEnv.getFiler().createResource(StandardLocation.CLASS_OUTPUT, "", "contract.json", contract).openWriter()) {
            out.write(json);
        }
    }

    private void writeCaller(TypeElement element) throws IOException {
        TypeReader types = new TypeReader();
        Model.Interface model = new ContractReader(types, processingEnv.getElementUtils()).contractInterface(element);
        String name = element.getSimpleName() + "At";
        String packageName = packageOf(element);
        writeClass(packageName, name, element, CallerWriter.write(packageName, name, model, JavaWriter.codecs(types.structs())));
    }

    private void writeClass(String packageName, String name, Element origin, String source) throws IOException {
        String path = packageName.isEmpty() ? name : packageName + "." + name;
        try (Writer out = processingEnv.getFiler().createSourceFile(path, origin).openWriter()) {
            out.write(source);
        }
    }

    private String packageOf(TypeElement element) {
        return processingEnv.getElementUtils().getPackageOf(element).getQualifiedName().toString();
    }
}
