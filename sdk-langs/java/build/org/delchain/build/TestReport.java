package org.delchain.build;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Writes test results as they come, in the form of the runner that runs the tests in TypeScript. */
final class TestReport implements TestExecutionListener {
    private static final String ASSERTION = "org.opentest4j.AssertionFailedError: ";

    private final Map<String, String> files;
    private final Set<String> own;
    private final Map<String, Long> begun = new HashMap<>();
    private int passed;
    private int failed;

    /**
     * @param files of test classes, by their names
     * @param own names of all source files of the project
     */
    TestReport(Map<String, String> files, Set<String> own) {
        this.files = files;
        this.own = own;
    }

    String json() {
        return "{\"passed\":" + passed + ",\"failed\":" + failed + "}\n";
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        begun.put(test.getUniqueId(), System.nanoTime());
        test.getSource()
                .filter(ClassSource.class::isInstance)
                .map(source -> ((ClassSource) source).getClassName())
                .ifPresent(
                        name -> System.out.println("▶ " + files.getOrDefault(name, test.getDisplayName())));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean isGood = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (test.isTest() && isGood) passed++;
        // A class that cannot be set up fails as a whole.
        if (!isGood) failed++;
        if (!test.isTest() && isGood) return;
        long milliseconds = (System.nanoTime() - begun.get(test.getUniqueId())) / 1_000_000;
        String mark = isGood ? "✔" : "✖";
        System.out.println("  " + mark + " " + test.getDisplayName() + " (" + milliseconds + "ms)");
        result.getThrowable().ifPresent(this::printFailure);
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        System.out.println("  ﹣ " + test.getDisplayName() + " # " + reason);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        System.out.println("ℹ JUnit: " + passed + " passed, " + failed + " failed");
    }

    /** The message behind the place in the project's own sources, and how the call came there. */
    private void printFailure(Throwable thrown) {
        String message = thrown.toString();
        if (message.startsWith(ASSERTION)) message = message.substring(ASSERTION.length());
        boolean isFirst = true;
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (!own.contains(element.getFileName())) continue;
            String place = element.getFileName() + ":" + element.getLineNumber();
            String text = isFirst ? place + ": " + message : "at " + place;
            System.out.println((isFirst ? "    " : "      ") + text);
            isFirst = false;
        }
        if (isFirst) System.out.println("    " + message);
    }
}
