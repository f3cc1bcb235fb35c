package org.delchain.build;

import org.junit.platform.console.ConsoleLauncher;

import java.nio.file.Path;
import java.util.List;

/**
 * Runs a contract's JUnit tests on the memory host of {@code test-kit}: {@code TestRun TOOLS SDK
 * SOURCES OUTPUT}. Ends with JUnit's exit code and its report on standard output, or with 2 and the
 * compiler's messages on standard error.
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
        Path classes = output.resolve("classes");
        ConsoleLauncher.main(
                "execute",
                "--disable-banner",
                "--disable-ansi-colors",
                "--details=tree",
                "--fail-if-no-tests",
                "--class-path=" + classes,
                "--scan-class-path=" + classes);
    }
}
