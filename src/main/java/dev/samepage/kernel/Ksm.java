package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernel's samepage merging: what it holds, and one checked write at a time. Which knobs and counters there are is found out by looking,
 * never from the kernel's version: distributions backport. There is no lock on these files; somebody else may write between any two calls.
 */
public final class Ksm {
    /** Where the kernel has its files. */
    public static final Path DEFAULT = Path.of("/sys/kernel/mm/ksm");

    /** What is in {@code run} beside 0, 1 or 2 while memory is being taken offline ({@code KSM_RUN_OFFLINE}). */
    private static final long OFFLINE = 4;

    /** Knobs whose writes wait until no memory is being taken offline. */
    private static final Set<Knob> WAITING = EnumSet.of(Knob.RUN, Knob.MERGE_ACROSS_NODES, Knob.MAX_PAGE_SHARING);

    private final KsmFiles files;

    /** Counters that were seen to be there. They are read ten times a second, and the kernel takes none away. */
    private final Set<Counter> seen = ConcurrentHashMap.newKeySet();

    public Ksm(KsmFiles files) {
        this.files = files;
    }

    /**
     * Why KSM cannot be used here, as a sentence for a person; empty where it can. {@code run} is opened for writing and closed again, so
     * nothing changes.
     */
    public Optional<String> unavailable() {
        String run = Knob.RUN.file();
        if (!files.exists(run)) {
            return Optional.of(files + " has no file " + run
                    + ": this kernel is built without KSM, or the host's directory is not mounted there.");
        }
        try {
            String text = files.read(run);
            if (Knob.RUN.parse(text).isEmpty()) {
                return Optional.of(files + "/" + run + " reads \"" + Text.shown(text)
                        + "\": this is not the kernel's KSM directory.");
            }
        } catch (IOException e) {
            return Optional.of(files + "/" + run + " cannot be read: " + Refusal.access(e) + ".");
        }
        try {
            files.checkWritable(run);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(files + "/" + run + " cannot be written: " + Refusal.access(e) + ".");
        }
    }

    /** The knobs that this kernel has and whose text is understood: those that {@link #read} returns. */
    public Set<Knob> knobs() {
        Set<Knob> knobs = EnumSet.noneOf(Knob.class);
        for (Knob knob : Knob.values()) {
            try {
                if (value(knob).isPresent()) {
                    knobs.add(knob);
                }
            } catch (IOException unreadable) {
                // A knob that cannot be read cannot be put back either: it is as good as missing.
            }
        }
        return Collections.unmodifiableSet(knobs);
    }

    /**
     * The value of each knob that this kernel has, in the order of {@link Knob}. A text that is not understood is left out. {@link Knob#RUN}
     * is as the file reads: 4, 5 or 6 while memory is being taken offline.
     *
     * @throws IOException where a file that exists cannot be read
     */
    public Map<Knob, Long> read() throws IOException {
        EnumMap<Knob, Long> values = new EnumMap<>(Knob.class);
        for (Knob knob : Knob.values()) {
            value(knob).ifPresent(value -> values.put(knob, value));
        }
        return Collections.unmodifiableMap(values);
    }

    /**
     * The counters that this kernel has. A text that is not understood is left out.
     *
     * @throws IOException where a file that exists, or was there before, cannot be read
     */
    public Counters counters() throws IOException {
        return counters(EnumSet.allOf(Counter.class));
    }

    /**
     * Those of the counters that this kernel has.
     *
     * @throws IOException where a file that exists, or was there before, cannot be read
     */
    public Counters counters(Set<Counter> wanted) throws IOException {
        EnumMap<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter counter : wanted) {
            if (seen.contains(counter) || files.exists(counter.file())) {
                seen.add(counter);
                counter.parse(files.read(counter.file())).ifPresent(value -> values.put(counter, value));
            }
        }
        return new Counters(values);
    }

    /**
     * Writes one value and reads it back. What the kernel would wrap, what would make it spin ({@code pages_to_scan=0} with {@code
     * sleep_millisecs=0}) and what would block is not written at all. {@code run=2} is not written either: it would make this process the
     * kernel's first victim when memory runs out. {@link UnmergeGuard} does it in a child.
     */
    public WriteResult write(Knob knob, long value) {
        if (!files.exists(knob.file())) {
            return new WriteResult.Missing(knob, value);
        }
        if (value < knob.min() || value > knob.max()) {
            return new WriteResult.OutOfRange(knob, value);
        }
        try {
            if (WAITING.contains(knob) && value(Knob.RUN).orElse(0) >= OFFLINE) {
                return new WriteResult.Busy(knob, value);
            }
            Optional<String> harm = harm(knob, value);
            if (harm.isPresent()) {
                return new WriteResult.Unsafe(knob, value, harm.get());
            }
            files.write(knob.file(), knob.text(value));
        } catch (IOException e) {
            return new WriteResult.Refused(knob, value, Errno.of(e), Refusal.cause(knob, e, this));
        }
        return readBack(knob, value);
    }

    private WriteResult readBack(Knob knob, long value) {
        try {
            String text = files.read(knob.file());
            OptionalLong kept = knob.parse(text);
            boolean same = kept.isPresent()
                    && (knob == Knob.RUN ? kept.getAsLong() % OFFLINE == value : kept.getAsLong() == value);
            return same ? new WriteResult.Written(knob, value) : new WriteResult.NotKept(knob, value, Text.shown(text));
        } catch (IOException e) {
            return new WriteResult.Refused(
                    knob, value, Errno.of(e), "it was written, but cannot be read back: " + Refusal.access(e));
        }
    }

    private Optional<String> harm(Knob knob, long value) throws IOException {
        if (knob == Knob.RUN && value == 2) {
            return Optional.of("un-merging belongs in a child process, which the kernel may kill when memory runs out");
        }
        boolean mayMakeItSpin = switch (knob) {
            case PAGES_TO_SCAN, SLEEP_MILLISECS -> value == 0;
            case RUN, ADVISOR_MODE -> value == 1;
            default -> false;
        };
        if (!mayMakeItSpin) {
            return Optional.empty();
        }
        long sleepMillis = knob == Knob.SLEEP_MILLISECS
                ? value
                : value(Knob.SLEEP_MILLISECS).orElse(1);
        Knob pages = knob == Knob.ADVISOR_MODE ? Knob.ADVISOR_MIN_PAGES_TO_SCAN : Knob.PAGES_TO_SCAN;
        long pagesToScan = knob == pages ? value : value(pages).orElse(1);
        return pagesToScan == 0 && sleepMillis == 0
                ? Optional.of("pages_to_scan=0 with sleep_millisecs=0 is a busy loop of the kernel")
                : Optional.empty();
    }

    /** The value that the knob has now; empty where there is no such file or its text is not understood. */
    OptionalLong value(Knob knob) throws IOException {
        return files.exists(knob.file()) ? knob.parse(files.read(knob.file())) : OptionalLong.empty();
    }
}
