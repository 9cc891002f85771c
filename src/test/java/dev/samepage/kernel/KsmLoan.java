package dev.samepage.kernel;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/**
 * The kernel's KSM, for one borrower at a time, and its knobs as they were found. KSM is one per machine, so a lock on {@code
 * /run/samepage-test.lock} is held from {@link #take} to {@link #close}, which puts every knob back.
 */
public final class KsmLoan implements AutoCloseable {
    private static final String LOCK = "/run/samepage-test.lock";

    /** What Linux starts with. */
    static final Map<Knob, Long> DEFAULTS = Collections.unmodifiableMap(new EnumMap<>(Map.ofEntries(
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
            Map.entry(Knob.REDHAT_ONLY_ZERO_PAGES, 0L))));

    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);
    private final Ksm ksm = new Ksm(files);
    private final int flock;
    private final FileChannel lock;
    private volatile Map<Knob, Long> found;
    private volatile long mergedAtFirst;

    private KsmLoan(int flock, FileChannel lock) throws IOException {
        this.flock = flock;
        this.lock = lock;
        this.found = ksm.read();
        this.mergedAtFirst = shared();
    }

    /** Why the kernel's KSM cannot be had, as a sentence; empty where it can. */
    public static Optional<String> missing() throws IOException {
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

    /**
     * Waits for both kinds of lock, since neither stops the other: flock(1) in a script, FileChannel in a program.
     *
     * @param busy called before it waits for somebody else
     */
    public static KsmLoan take(Runnable busy) throws IOException {
        int flock = Libc.flock(LOCK, busy);
        FileChannel channel = FileChannel.open(Path.of(LOCK), StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            busy.run();
            channel.lock();
        }
        // Somebody whose tests were cut short still puts the knobs back.
        Libc.close(Libc.flock(KsmKeeper.LOCK, busy));
        return new KsmLoan(flock, channel);
    }

    /** The knobs as they were found. */
    public Map<Knob, Long> found() {
        return found;
    }

    /** Takes what is there now for what was found. */
    public void foundAnew() throws IOException {
        found = ksm.read();
        mergedAtFirst = shared();
    }

    /** How many pages others had merged already, in {@code pages_shared}. */
    public long mergedAtFirst() {
        return mergedAtFirst;
    }

    /**
     * Stops ksmd first and starts it last. The advisor is switched after it has its figures, since it begins with them, and before {@code
     * pages_to_scan}, which it resets, and which is its own while it is on. What was merged since is un-merged, unless others had merged
     * pages before. What this kernel has no knob for is left out.
     */
    synchronized void set(Map<Knob, Long> values) throws IOException {
        files.write(Knob.RUN.file(), "0");
        if (mergedAtFirst == 0 && shared() > 0) {
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

    /**
     * Un-merges everything, has the kernel forget which pages it looked at (those of processes that have ended, too), and sets what Linux
     * starts with.
     *
     * @throws IllegalStateException if others had merged pages before
     */
    public synchronized void startAnew() throws IOException {
        if (mergedAtFirst > 0) {
            throw new IllegalStateException(mergedAtFirst + " pages of this host were merged before");
        }
        files.write(Knob.RUN.file(), "2");
        set(DEFAULTS);
    }

    private void write(Knob knob, Map<Knob, Long> values) throws IOException {
        Long value = values.get(knob);
        if (value != null && found.containsKey(knob)) {
            files.write(knob.file(), knob.text(value));
        }
    }

    /** Puts every knob back as it was found. */
    public void restore() throws IOException {
        set(found);
    }

    private long shared() throws IOException {
        return ksm.counters().get(Counter.PAGES_SHARED).orElse(0);
    }

    /** Lets the next one have it, and leaves it as it is. */
    public void giveBackAsItIs() throws IOException {
        lock.close();
        Libc.close(flock);
    }

    @Override
    public void close() throws IOException {
        try {
            restore();
        } finally {
            giveBackAsItIs();
        }
    }
}
