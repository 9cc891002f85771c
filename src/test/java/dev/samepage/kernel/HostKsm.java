package dev.samepage.kernel;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Lends the kernel's KSM to the tests of a class. KSM is one per machine, so a lock on {@code /run/samepage-test.lock} is held from the first
 * test to the last. Where it cannot be lent, the class is aborted and the standard error says what is missing.
 */
final class HostKsm implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(HostKsm.class);

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Optional<String> missing = KsmLoan.missing();
        if (missing.isPresent()) {
            String message = context.getDisplayName() + " WAS NOT RUN: " + missing.get();
            System.err.printf("%n*** %s%n%n", message);
            throw new TestAbortedException(message);
        }
        KsmLoan loan = KsmLoan.take(() -> System.err.println("Waiting for somebody else who tests on this host's KSM"));
        if (loan.mergedAtFirst() > 0) {
            loan.giveBackAsItIs();
            String message = context.getDisplayName() + " WAS NOT RUN: " + loan.mergedAtFirst()
                    + " pages of this host are merged already, and these tests would un-merge them.";
            System.err.printf("%n*** %s%n%n", message);
            throw new TestAbortedException(message);
        }
        context.getStore(NAMESPACE).put(Lent.class, new Lent(loan, new KsmKeeper(loan.found())));
        if (span(context) == RealKsm.Span.CLASS) {
            loan.set(KsmLoan.DEFAULTS);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (span(context) == RealKsm.Span.TEST) {
            loan(context).set(KsmLoan.DEFAULTS);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (span(context) == RealKsm.Span.TEST) {
            loan(context).restore();
        }
    }

    private static RealKsm.Span span(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), RealKsm.class)
                .orElseThrow()
                .value();
    }

    private static KsmLoan loan(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Lent.class, Lent.class).loan();
    }

    /** What is borrowed, given back also where the tests are cut short. */
    private record Lent(KsmLoan loan, KsmKeeper keeper) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            loan.close();
            keeper.close();
        }
    }
}
