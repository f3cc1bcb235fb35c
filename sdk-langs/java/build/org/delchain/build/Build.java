package org.delchain.build;

import org.teavm.diagnostics.DefaultProblemTextConsumer;
import org.teavm.diagnostics.Problem;
import org.teavm.model.TextLocation;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.vm.TeaVMOptimizationLevel;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles one contract: {@code Build TOOLS SDK SOURCES OUTPUT}. Java sources become classes in
 * {@code OUTPUT/classes}, with {@code contract.json}, and a module in {@code
 * OUTPUT/contract.wasm}, with its lines in {@code OUTPUT/lines.json}. Ends with 1 and messages on
 * standard error when the sources are at fault.
 */
public final class Build {
    private static final Pattern EXPORTS = Pattern.compile("\"exports\":\"([^\"]*)\"");

    /** A frame has 128 pages (8 MiB); stack, data and TeaVM's own tables need the rest. */
    private static final int HEAP_MAX_BYTES = 7 * 1024 * 1024;

    private final Path tools;
    private final List<Path> sdk;
    private final Path sources;
    private final Path output;
    private final Path classes;

    /** Names of the author's source files, which exceptions tell. */
    private final List<String> files;

    private Build(String[] arguments) throws IOException {
        tools = Path.of(arguments[0]);
        sdk = List.of(Path.of(arguments[1], "src"), Path.of(arguments[1], "wasm"));
        sources = Path.of(arguments[2]);
        output = Path.of(arguments[3]);
        classes = output.resolve("classes");
        files =
                Places.javaFiles(sources).stream()
                        .map(file -> file.getFileName().toString())
                        .sorted()
                        .distinct()
                        .toList();
    }

    public static void main(String[] arguments) throws Exception {
        Build build = new Build(arguments);
        build.compileJava();
        Program program = build.check();
        LineMarks.write(program, build.files, build.classes);
        build.compileWasm();
        build.writeModuleLines(program);
    }

    private void compileJava() throws IOException {
        List<Path> folders = new ArrayList<>(sdk);
        folders.add(writeLines(output.resolve("lines")));
        if (!JavaCompiler.compile(tools, sources, folders, output, List.of("-Atier=wasm"))) {
            System.exit(1);
        }
        if (!Files.exists(classes.resolve("contract.json"))) {
            fail(List.of("error: no class is marked @Contract"));
        }
    }

    /** What {@link LineMarks} and {@link ThrownLines} write to, and {@code Host.placeOf} reads. */
    private Path writeLines(Path folder) throws IOException {
        Path target = Files.createDirectories(folder.resolve("org/delchain"));
        StringBuilder cases = new StringBuilder();
        for (int i = 0; i < files.size(); i++) {
            cases.append("            case ").append(i).append(": return \"");
            cases.append(files.get(i)).append("\";\n");
        }
        String source =
                """
                package org.delchain;

                final class Lines {
                    static int at;
                    private static Throwable last;
                    private static int lastAt;

                    static void thrown(Throwable throwable) {
                        last = throwable;
                        lastAt = at;
                    }

                    static String of(Throwable thrown) {
                        int place = thrown == last ? lastAt : at;
                        return place == 0 ? "" : file(place >> %1$d) + ":" + (place & (1 << %1$d) - 1);
                    }

                    private static String file(int index) {
                        switch (index) {
                %2$s            default: throw new IllegalArgumentException();
                        }
                    }
                }
                """
                        .formatted(LineMarks.FILE_SHIFT, cases);
        Files.writeString(target.resolve("Lines.java"), source);
        return folder;
    }

    private Program check() throws IOException {
        Set<String> names = new HashSet<>(Set.of("org/delchain/Lines"));
        for (Path folder : sdk) {
            for (Path file : Places.javaFiles(folder)) {
                String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
                names.add(name.substring(0, name.length() - ".java".length()));
            }
        }
        Program program = new Program(classes, names);
        List<String> errors = Checker.check(program, sources);
        if (!errors.isEmpty()) fail(errors);
        return program;
    }

    private void compileWasm() throws Exception {
        Matcher exports = EXPORTS.matcher(Files.readString(classes.resolve("contract.json")));
        if (!exports.find()) throw new IllegalStateException("contract.json names no exports");
        // The SDK's own classes come first, and stand before TeaVM's of the same names.
        List<File> classPath = new ArrayList<>(List.of(classes.toFile()));
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator))
            classPath.add(new File(jar));
        TeaVMTool tool = new TeaVMTool();
        tool.setTargetType(TeaVMTargetType.WEBASSEMBLY);
        tool.setClassPath(classPath);
        tool.setMainClass(exports.group(1));
        tool.setTargetDirectory(output.toFile());
        tool.setTargetFileName("contract.wasm");
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        tool.setObfuscated(true);
        tool.setStrict(true);
        tool.setDebugInformationGenerated(true);
        tool.setMaxHeapSize(HEAP_MAX_BYTES);
        tool.getTransformers().add(CheckedDivision.class.getName());
        tool.getTransformers().add(ThrownLines.class.getName());
        tool.generate();
        List<Problem> problems = tool.getProblemProvider().getSevereProblems();
        if (!problems.isEmpty()) fail(problems.stream().map(Build::text).toList());
    }

    private void writeModuleLines(Program program) throws IOException {
        String lines = new ModuleLines(sources).write(output.resolve("contract.wasm"), program);
        Files.writeString(output.resolve("lines.json"), lines);
    }

    private static String text(Problem problem) {
        DefaultProblemTextConsumer consumer = new DefaultProblemTextConsumer();
        problem.render(consumer);
        TextLocation location =
                problem.getLocation() == null ? null : problem.getLocation().getSourceLocation();
        String place =
                location == null ? "" : location.getFileName() + ":" + location.getLine() + ": ";
        return place + "error: " + consumer.getText();
    }

    private static void fail(List<String> errors) {
        errors.forEach(System.err::println);
        System.exit(1);
    }
}
