package org.delchain.build;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.platform.engine.FilterResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs JUnit tests of contracts on the memory host of {@code test-kit}: {@code TestRun TOOLS SDK
 * SOURCES OUTPUT GREP CLASS=FILE…}; an empty pattern is every test. Ends with 0, a report on
 * standard output and {@code OUTPUT/tests.json}, or with 2 and the compiler's messages on standard
 * error.
 */
public final class TestRun {
    private static final int DOES_NOT_COMPILE = 2;

    private TestRun() {}

    public static void main(String[] arguments) throws Exception {
        Path tools = Path.of(arguments[0]);
        Path sdk = Path.of(arguments[1]);
        Path sources = Path.of(arguments[2]);
        Path output = Path.of(arguments[3]);
        List<Path> folders = List.of(sdk.resolve("src"), sdk.resolve("test-kit"));
        boolean isCompiled = JavaCompiler.compile(tools, sources, folders, output, List.of());
        if (!isCompiled) System.exit(DOES_NOT_COMPILE);
        Map<String, String> files = new LinkedHashMap<>();
        for (String test : Arrays.asList(arguments).subList(5, arguments.length)) {
            String[] parts = test.split("=", 2);
            files.put(parts[0], parts[1]);
        }
        Set<String> own =
                Places.javaFiles(sources).stream()
                        .map(file -> file.getFileName().toString())
                        .collect(Collectors.toSet());
        TestReport report = new TestReport(files, own);
        URL[] classes = {output.resolve("classes").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes)) {
            Thread.currentThread().setContextClassLoader(loader);
            Launcher launcher = LauncherFactory.create();
            launcher.execute(request(files.keySet(), Pattern.compile(arguments[4])), report);
        }
        Files.writeString(output.resolve("tests.json"), report.json());
        // A test may have left a thread behind.
        System.exit(0);
    }

    private static LauncherDiscoveryRequest request(Set<String> classes, Pattern grep) {
        PostDiscoveryFilter named =
                test ->
                        FilterResult.includedIf(
                                !test.isTest() || grep.matcher(test.getDisplayName()).find());
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(classes.stream().map(name -> selectClass(name)).toList())
                .filters(named)
                .build();
    }
}
