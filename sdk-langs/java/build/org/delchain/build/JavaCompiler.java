package org.delchain.build;

import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;

/** Runs ecj with the annotation processor. */
final class JavaCompiler {
    private JavaCompiler() {}

    /**
     * Compiles the author's sources, and those of other folders with them, into {@code
     * output/classes}. Errors go to standard error as javac writes them; {@code false} when the
     * sources are at fault.
     *
     * @param tools folder of the compiled build tools
     * @param options of the annotation processor
     */
    static boolean compile(
            Path tools, Path sources, List<Path> others, Path output, List<String> options)
            throws IOException {
        Path generated = Files.createDirectories(output.resolve("generated"));
        Path classes = Files.createDirectories(output.resolve("classes"));
        List<String> all = new ArrayList<>(List.of("-17", "-g", "-parameters", "-nowarn"));
        all.addAll(List.of("-classpath", System.getProperty("java.class.path")));
        all.addAll(List.of("-processorpath", tools.toString()));
        all.addAll(List.of("-processor", ContractProcessor.class.getName()));
        all.addAll(List.of("-s", generated.toString(), "-d", classes.toString()));
        all.add("-Asources=" + sources);
        all.addAll(options);
        List<Path> files = new ArrayList<>();
        for (Path folder : others) files.addAll(Places.javaFiles(folder));
        files.addAll(Places.javaFiles(sources));
        EclipseCompiler compiler = new EclipseCompiler();
        try (StandardJavaFileManager manager =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            return compiler.getTask(
                            // It would say some of what it reports a second time.
                            Writer.nullWriter(),
                            manager,
                            JavaCompiler::report,
                            all,
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
        }
    }

    /** {@code Token.java:31: error: …}, the line, and a mark below the column. */
    private static void report(Diagnostic<? extends JavaFileObject> diagnostic) {
        if (diagnostic.getKind() != Diagnostic.Kind.ERROR) return;
        String message = diagnostic.getMessage(Locale.ROOT);
        if (diagnostic.getSource() == null) {
            System.err.println(message);
            return;
        }
        long line = diagnostic.getLineNumber();
        String file = diagnostic.getSource().getName();
        System.err.println(file + ":" + line + ": error: " + message);
        try {
            String text = Files.readAllLines(Path.of(file)).get((int) line - 1);
            System.err.println(text);
            System.err.println(" ".repeat((int) Math.max(0, diagnostic.getColumnNumber() - 1)) + "^");
        } catch (IOException | IndexOutOfBoundsException unreadable) {
            // The place has been said.
        }
    }
}
