package dev.samepage.testbed.vm;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes where there is no Maven: in a {@link GuestMachine}. */
final class TestRun {
    private static final int TRACE_LINES = 8;

    private TestRun() {}

    /** Takes the names of classes. Exits with 0 only where every test was run and none failed. */
    public static void main(String... classes) {
        List<ClassSelector> selectors =
                Stream.of(classes).map(DiscoverySelectors::selectClass).toList();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectors)
                                .build(),
                        listener,
                        new Lines());
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), TRACE_LINES);
        System.out.printf(
                "%d run, %d failed, %d not run%n",
                summary.getTestsSucceededCount() + summary.getTestsFailedCount(),
                summary.getTotalFailureCount(),
                summary.getTestsAbortedCount() + summary.getTestsSkippedCount() + summary.getContainersAbortedCount());
        System.exit(summary.getTotalFailureCount() == 0 && summary.getContainersAbortedCount() == 0 ? 0 : 1);
    }

    /** A line for each test. */
    private static final class Lines implements TestExecutionListener {
        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (test.isTest()) {
                System.out.println(result.getStatus() + " " + test.getDisplayName());
            }
        }
    }
}
