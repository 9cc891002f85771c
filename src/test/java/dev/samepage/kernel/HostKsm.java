package dev.samepage.kernel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Lends the kernel's KSM to the tests of a class. KSM is one per machine, so a lock on {@code /run/samepage-test.lock} is held from the first
 * test to the last. Where it cannot be lent, the class is aborted and the standard error says what is missing.
 */
final class HostKsm implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final String LOCK = "/run/samepage-test.lock";
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(HostKsm.class);

    /** What Linux starts with. */
    private static final Map<Knob, Long> DEFAULTS = new EnumMap<>(Map.ofEntries(
            Map.entry(Knob.RUN, 0L),
            Map.entry(Knob.PAGES_TO_SCAN, 100L),
            Map.entry(Knob.SLEEP_MILLISECS, 20L),
            Map.entry(Knob.MERGE_ACROSS_NODES, 1L),
            Map.entry(Knob.USE_ZERO_PAGES, 0L),
            Map.entry(Knob.MAX_PAGE_SHARING, 256L),
            Map.entry(Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, 2000L),
            Map.entry(Knob.SMART_SCAN, 1L),
            Map.entry(Knob.ADVISOR_MODE, 0L),
            Map.entry(Knob.ADVISOR_MAX_CPU, 70L),
            Map.entry(Knob.ADVISOR_MIN_PAGES_TO_SCAN, 500L),
            Map.entry(Knob.ADVISOR_MAX_PAGES_TO_SCAN, 30_000L),
            Map.entry(Knob.ADVISOR_TARGET_SCAN_TIME, 200L),
            Map.entry(Knob.REDHAT_ONLY_ZERO_PAGES, 0L)));

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            String message = context.getDisplayName() + " WAS NOT RUN: " + missing.get();
            System.err.printf("%n*** %s%n%n", message);
            throw new TestAbortedException(message);
        }
        Loan loan = Loan.take();
        context.getStore(NAMESPACE).put(Loan.class, loan);
        if (loan.mergedAtFirst > 0) {
            String message = context.getDisplayName() + " WAS NOT RUN: " + loan.mergedAtFirst
                    + " pages of this host are merged already, and these tests would un-merge them.";
            System.err.printf("%n*** %s%n%n", message);
            throw new TestAbortedException(message);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        loan(context).set(DEFAULTS);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        loan(context).restore();
    }

    private static Loan loan(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(Loan.class, Loan.class);
    }

    private static Optional<String> missing() throws IOException {
        if (!Files.exists(Path.of("/proc/self"))) {
            return Optional.of("it takes Linux.");
        }
        Optional<String> unavailable = new Ksm(new KsmDirectory(Ksm.DEFAULT)).unavailable();
        if (unavailable.isPresent()) {
            return unavailable;
        }
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)
                ? Optional.empty()
                : Optional.of("it takes root.");
    }

    /** The lock, and the knobs as they were found. */
    private static final class Loan implements AutoCloseable {
        private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);
        private final Ksm ksm = new Ksm(files);
        private final int flock;
        private final FileChannel lock;
        private final Map<Knob, Long> found;
        private final long mergedAtFirst;
        private final Thread atExit = new Thread(this::restoreAtExit);

        private Loan(int flock, FileChannel lock) throws IOException {
            this.flock = flock;
            this.lock = lock;
            this.found = ksm.read();
            this.mergedAtFirst = shared();
            Runtime.getRuntime().addShutdownHook(atExit);
        }

        /** Waits for both kinds of lock, since neither stops the other: flock(1) in a script, FileChannel in a program. */
        static Loan take() throws IOException {
            int flock = Libc.flock(LOCK);
            FileChannel channel = FileChannel.open(Path.of(LOCK), StandardOpenOption.WRITE);
            channel.lock();
            return new Loan(flock, channel);
        }

        /**
         * Stops ksmd first and starts it last. The advisor is switched after it has its figures, since it begins with them, and before {@code
         * pages_to_scan}, which it resets, and which is its own while it is on.
         */
        synchronized void set(Map<Knob, Long> values) throws IOException {
            files.write(Knob.RUN.file(), "0");
            if (shared() > mergedAtFirst) {
                files.write(Knob.RUN.file(), "2");
                files.write(Knob.RUN.file(), "0");
            }
            for (Knob knob : EnumSet.complementOf(EnumSet.of(Knob.RUN, Knob.ADVISOR_MODE, Knob.PAGES_TO_SCAN))) {
                write(knob, values);
            }
            write(Knob.ADVISOR_MODE, values);
            if (values.getOrDefault(Knob.ADVISOR_MODE, 0L) == 0) {
                write(Knob.PAGES_TO_SCAN, values);
            }
            write(Knob.RUN, values);
        }

        private void write(Knob knob, Map<Knob, Long> values) throws IOException {
            Long value = values.get(knob);
            if (value != null && found.containsKey(knob)) {
                files.write(knob.file(), knob.text(value));
            }
        }

        void restore() throws IOException {
            if (mergedAtFirst == 0) {
                set(found);
            }
        }

        private void restoreAtExit() {
            try {
                restore();
            } catch (IOException e) {
                System.err.printf("%n*** KSM WAS NOT RESTORED to %s: %s%n%n", found, e);
            }
        }

        private long shared() throws IOException {
            return ksm.counters().get(Counter.PAGES_SHARED).orElse(0);
        }

        @Override
        public void close() throws IOException {
            restore();
            Runtime.getRuntime().removeShutdownHook(atExit);
            lock.close();
            Libc.close(flock);
        }
    }
}
