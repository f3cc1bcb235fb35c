package org.delchain.build;

import org.eclipse.jdt.core.compiler.batch.BatchCompiler;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs ecj with the annotation processor. */
final class JavaCompiler {
    private JavaCompiler() {}

    /**
     * Compiles the author's sources, and those of other folders with them, into {@code
     * output/classes}. Messages go to standard error; {@code false} when the sources are at fault.
     *
     * @param tools folder of the compiled build tools
     * @param options of the annotation processor
     */
    static boolean compile(
            Path tools, Path sources, List<Path> others, Path output, List<String> options)
            throws IOException {
        Path generated = Files.createDirectories(output.resolve("generated"));
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "-17",
                                "-g",
                                "-parameters",
                                "-nowarn",
                                "-Xemacs",
                                "-encoding",
                                "UTF-8"));
        all.addAll(List.of("-classpath", System.getProperty("java.class.path")));
        all.addAll(List.of("-processorpath", tools.toString()));
        all.addAll(List.of("-processor", ContractProcessor.class.getName()));
        all.addAll(List.of("-s", generated.toString(), "-d", output.resolve("classes").toString()));
        all.add("-Asources=" + sources);
        all.addAll(options);
        for (Path folder : others) {
            Places.javaFiles(folder).forEach(file -> all.add(file.toString()));
        }
        Places.javaFiles(sources).forEach(file -> all.add(file.toString()));
        PrintWriter words = new PrintWriter(System.out);
        PrintWriter errors = new PrintWriter(System.err);
        return BatchCompiler.compile(all.toArray(String[]::new), words, errors, null);
    }
}
