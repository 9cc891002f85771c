package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The kernel's KSM directory in memory: it refuses, resets and reads back as the kernel does. {@code KsmContract} holds it against the real
 * one.
 */
public final class FakeKsm implements KsmFiles {
    private final Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private final Map<String, Errno> refusals = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private final Set<String> notKept = new HashSet<>();
    private final List<String> writes = new ArrayList<>();

    private FakeKsm() {
        knobs.put(Knob.RUN, 0L);
        knobs.put(Knob.PAGES_TO_SCAN, 100L);
        knobs.put(Knob.SLEEP_MILLISECS, 20L);
        knobs.put(Knob.MERGE_ACROSS_NODES, 1L);
        knobs.put(Knob.USE_ZERO_PAGES, 0L);
        knobs.put(Knob.MAX_PAGE_SHARING, 256L);
        knobs.put(Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, 2000L);
        for (Counter counter : EnumSet.complementOf(EnumSet.of(
                Counter.KSM_ZERO_PAGES, Counter.PAGES_SCANNED, Counter.PAGES_SKIPPED, Counter.GENERAL_PROFIT))) {
            counters.put(counter, 0L);
        }
    }

    /** Linux 6.18 with its defaults: every knob but Red Hat's, every counter. */
    public static FakeKsm linux618() {
        FakeKsm fake = new FakeKsm();
        fake.knobs.put(Knob.SMART_SCAN, 1L);
        fake.knobs.put(Knob.ADVISOR_MODE, 0L);
        fake.knobs.put(Knob.ADVISOR_MAX_CPU, 70L);
        fake.knobs.put(Knob.ADVISOR_MIN_PAGES_TO_SCAN, 500L);
        fake.knobs.put(Knob.ADVISOR_MAX_PAGES_TO_SCAN, 30_000L);
        fake.knobs.put(Knob.ADVISOR_TARGET_SCAN_TIME, 200L);
        for (Counter counter : Counter.values()) {
            fake.counters.put(counter, 0L);
        }
        return fake;
    }

    /** Linux 6.1 with its defaults: no advisor, no smart_scan, no general_profit. */
    public static FakeKsm linux61() {
        return new FakeKsm();
    }

    /** RHEL 9.9: Linux 5.14 with Red Hat's own knob. */
    public static FakeKsm rhel99() {
        return new FakeKsm().with(Knob.REDHAT_ONLY_ZERO_PAGES, 0);
    }

    /** Gives the kernel this knob, with this value. As if somebody else wrote it: not among the {@link #writes}, without any effect. */
    public synchronized FakeKsm with(Knob knob, long value) {
        knobs.put(knob, value);
        return this;
    }

    /** Takes the knob's file away. */
    public synchronized FakeKsm without(Knob knob) {
        knobs.remove(knob);
        return this;
    }

    public synchronized FakeKsm with(Counter counter, long value) {
        counters.put(counter, value);
        return this;
    }

    public synchronized FakeKsm without(Counter counter) {
        counters.remove(counter);
        return this;
    }

    /** Takes every file away. */
    public synchronized FakeKsm withoutFiles() {
        knobs.clear();
        counters.clear();
        return this;
    }

    /** That many pairs of equal pages are merged, each pair into one page. */
    public synchronized FakeKsm merge(long pages) {
        counters.merge(Counter.PAGES_SHARED, pages, Long::sum);
        counters.merge(Counter.PAGES_SHARING, pages, Long::sum);
        counters.computeIfPresent(Counter.GENERAL_PROFIT, (c, bytes) -> bytes + pages * 4096 - 2 * pages * 64);
        return this;
    }

    /** Every write to the knob is refused from now on; EACCES, EPERM and EROFS already when it is opened. */
    public synchronized FakeKsm refuse(Knob knob, Errno errno) {
        refusals.put(knob.file(), errno);
        return this;
    }

    /** Takes {@link #refuse} and {@link #forget} back. */
    public synchronized FakeKsm accept(Knob knob) {
        refusals.remove(knob.file());
        notKept.remove(knob.file());
        return this;
    }

    /** Writes to the knob succeed from now on and change nothing, as if somebody else at once wrote the old value. */
    public synchronized FakeKsm forget(Knob knob) {
        notKept.add(knob.file());
        return this;
    }

    /** The file reads this text, whatever is written to it. */
    public synchronized FakeKsm text(String file, String text) {
        texts.put(file, text);
        return this;
    }

    /** The knob's value now. */
    public synchronized long value(Knob knob) {
        Long value = knobs.get(knob);
        if (value == null) {
            throw new AssertionError("there is no " + knob.file());
        }
        return value;
    }

    /** Every knob that there is, with its value now. */
    public synchronized Map<Knob, Long> knobs() {
        return new EnumMap<>(knobs);
    }

    /** Every write so far that the kernel saw, refused or not, in order: {@code pages_to_scan=100}. */
    public synchronized List<String> writes() {
        return List.copyOf(writes);
    }

    public synchronized FakeKsm clearWrites() {
        writes.clear();
        return this;
    }

    @Override
    public synchronized boolean exists(String file) {
        return knob(file).isPresent() || counter(file).isPresent();
    }

    @Override
    public synchronized String read(String file) throws IOException {
        String text = texts.get(file);
        if (text != null && exists(file)) {
            return text;
        }
        Optional<Counter> counter = counter(file);
        if (counter.isPresent()) {
            return Long.toString(value(counter.get()));
        }
        Knob knob = knob(file).orElseThrow(() -> new NoSuchFileException(file));
        if (knob == Knob.ADVISOR_MODE) {
            return value(knob) == 0 ? "[none] scan-time" : "none [scan-time]";
        }
        return Long.toString(value(knob));
    }

    @Override
    public synchronized void checkWritable(String file) throws IOException {
        if (!exists(file)) {
            throw new NoSuchFileException(file);
        }
        if (counter(file).isPresent() || refusals.get(file) == Errno.EACCES) {
            throw new AccessDeniedException(file);
        }
        if (refusals.get(file) == Errno.EPERM) {
            throw new FileSystemException(file, null, "Operation not permitted");
        }
        if (refusals.get(file) == Errno.EROFS) {
            throw new FileSystemException(file, null, "Read-only file system");
        }
    }

    @Override
    public synchronized void write(String file, String text) throws IOException {
        checkWritable(file);
        writes.add(file + "=" + text);
        switch (refusals.get(file)) {
            case null -> {}
            case EINVAL -> throw invalid();
            case EBUSY -> throw busy();
            case ENOMEM -> throw new IOException("Cannot allocate memory");
            case EINTR -> throw new IOException("Interrupted system call");
            case ERANGE -> throw new IOException("Numerical result out of range");
            default -> throw new IOException("Input/output error");
        }
        if (!text.isEmpty() && !notKept.contains(file)) {
            store(knob(file).orElseThrow(), text);
        }
    }

    private void store(Knob knob, String text) throws IOException {
        if (knob == Knob.PAGES_TO_SCAN && knobs.getOrDefault(Knob.ADVISOR_MODE, 0L) == 1) {
            throw invalid();
        }
        long value = knob == Knob.ADVISOR_MODE ? mode(text) : number(text);
        switch (knob) {
            case RUN -> run(value);
            case MERGE_ACROSS_NODES -> unlessMerged(knob, within(value, 0, 1));
            case MAX_PAGE_SHARING -> {
                if (value > Integer.MAX_VALUE) {
                    throw new IOException("Numerical result out of range");
                }
                unlessMerged(knob, within(value, 2, Integer.MAX_VALUE));
            }
            case USE_ZERO_PAGES, SMART_SCAN, REDHAT_ONLY_ZERO_PAGES -> knobs.put(knob, within(value, 0, 1));
            case PAGES_TO_SCAN, SLEEP_MILLISECS, STABLE_NODE_CHAINS_PRUNE_MILLISECS ->
                knobs.put(knob, within(value, 0, 0xffff_ffffL));
            case ADVISOR_MODE -> advise(value);
            case ADVISOR_MAX_CPU -> knobs.put(knob, value & 0xffff_ffffL);
            case ADVISOR_MIN_PAGES_TO_SCAN, ADVISOR_MAX_PAGES_TO_SCAN -> knobs.put(knob, value);
            case ADVISOR_TARGET_SCAN_TIME -> knobs.put(knob, within(value, 1, Long.MAX_VALUE));
        }
    }

    private void run(long value) throws IOException {
        if (within(value, 0, 2) == 2 && value(Knob.RUN) != 2) {
            for (Counter counter : EnumSet.of(
                    Counter.PAGES_SHARED,
                    Counter.PAGES_SHARING,
                    Counter.PAGES_UNSHARED,
                    Counter.PAGES_VOLATILE,
                    Counter.KSM_ZERO_PAGES,
                    Counter.STABLE_NODE_CHAINS,
                    Counter.STABLE_NODE_DUPS,
                    Counter.FULL_SCANS,
                    Counter.GENERAL_PROFIT)) {
                counters.replace(counter, 0L);
            }
        }
        knobs.put(Knob.RUN, value);
    }

    private void advise(long mode) {
        if (mode != value(Knob.ADVISOR_MODE)) {
            knobs.put(Knob.PAGES_TO_SCAN, mode == 0 ? 100L : value(Knob.ADVISOR_MIN_PAGES_TO_SCAN));
        }
        knobs.put(Knob.ADVISOR_MODE, mode);
    }

    private void unlessMerged(Knob knob, long value) throws IOException {
        if (value != value(knob) && value(Counter.PAGES_SHARED) > 0) {
            throw busy();
        }
        knobs.put(knob, value);
    }

    /** As {@code kstrtoul} reads it: one newline at the end, a plus in front, leading zeros. */
    private static long number(String text) throws IOException {
        String digits = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        try {
            if (digits.matches("\\+?[0-9]+")) {
                return Long.parseUnsignedLong(digits);
            }
        } catch (NumberFormatException overflow) {
            // Refused below.
        }
        throw invalid();
    }

    private static long mode(String text) throws IOException {
        return switch (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text) {
            case "none" -> 0;
            case "scan-time" -> 1;
            default -> throw invalid();
        };
    }

    private static long within(long value, long min, long max) throws IOException {
        if (value < min || value > max) {
            throw invalid();
        }
        return value;
    }

    private static IOException invalid() {
        return new IOException("Invalid argument");
    }

    private static IOException busy() {
        return new IOException("Device or resource busy");
    }

    private Optional<Knob> knob(String file) {
        return knobs.keySet().stream().filter(knob -> knob.file().equals(file)).findFirst();
    }

    private Optional<Counter> counter(String file) {
        return counters.keySet().stream()
                .filter(counter -> counter.file().equals(file))
                .findFirst();
    }

    private long value(Counter counter) {
        return counters.getOrDefault(counter, 0L);
    }

    @Override
    public String toString() {
        return "/fake/ksm";
    }
}
