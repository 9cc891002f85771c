package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Processes with mergeable memory. A process is one where its {@code ksm_stat} says so, and on kernels whose {@code ksm_stat} cannot tell
 * or is missing (before 6.1), where its command line is QEMU's. Not for use by two threads at once.
 *
 * <p>Meant to be asked every second or two on hosts with thousands of processes: a listing of /proc, then only the files of new processes and of
 * those in their first minute, since a guest marks its memory later than it starts; no more than 4,096 of them at a time. Guests are looked
 * at again every 5 seconds, in case their memory is no longer mergeable or their process id is somebody else's by now; all others every 5
 * minutes, a few at a time. A process that does not answer is left alone, and is what it was before.
 */
public final class Guests {
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN_AT_GUEST = Duration.ofSeconds(5);
    private static final int LOOK_AGAIN_AT_ONCE = 32;
    private static final int MOST_AT_ONCE = 4096;
    private static final int KTHREADD = 2;

    private final ProcFiles files;
    private final ResidentMemory residentMemory;
    private final InstantSource clock;
    private final Lookout lookout;
    private final Map<Integer, Seen> processes = new TreeMap<>();
    private boolean everybodyKnown;

    /**
     * What is known of one process since it was last looked at.
     *
     * @param certain whether the kernel told if it is a guest; where it did not, the command line did
     */
    private record Seen(
            long startTicks,
            Instant youngUntil,
            Instant lookedAt,
            @Nullable Guest guest,
            boolean certain) {
        static final Seen NEVER = new Seen(-1, Instant.MAX, Instant.MIN, null, false);

        boolean isSettled(Instant now) {
            return guest == null && !now.isBefore(youngUntil);
        }

        boolean isDue(Instant now) {
            Duration pause = guest != null ? LOOK_AGAIN_AT_GUEST : isSettled(now) ? LOOK_AGAIN : Duration.ZERO;
            return now.isBefore(lookedAt) || !now.isBefore(lookedAt.plus(pause));
        }
    }

    public Guests(Path proc, InstantSource clock) {
        this(new ProcFiles(proc), clock, Lookout.PATIENCE);
    }

    Guests(ProcFiles files, InstantSource clock, Duration patience) {
        this.files = files;
        this.clock = clock;
        lookout = new Lookout(patience);
        residentMemory = new ResidentMemory(files, lookout);
    }

    /** The guests of now, by process id. Empty where /proc cannot be listed. */
    public List<Guest> scan() {
        Instant now = clock.instant();
        SortedSet<Integer> pids;
        try {
            pids = files.pids();
        } catch (IOException e) {
            // That they cannot be listed now does not mean that they are gone.
            everybodyKnown = false;
            return known();
        }
        processes.keySet().retainAll(pids);
        Map<Integer, Seen> due = due(pids, now);
        if (!due.isEmpty()) {
            pids.removeAll(look(due, now));
        }
        // Whoever is known is among them.
        everybodyKnown = processes.size() == pids.size();
        return known();
    }

    /** The same with everybody looked at anew, however many they are. */
    List<Guest> scanAnew() {
        processes.clear();
        List<Guest> found;
        int before;
        do {
            before = processes.size();
            found = scan();
        } while (!everybodyKnown && processes.size() > before);
        return found;
    }

    /**
     * Whether it is sure that there are none: the last {@link #scan} knew every process, these are the host's, and the kernel told of each
     * what it has merged, which it tells nobody without CAP_DAC_READ_SEARCH. Then what is still counted as merged belonged to processes that
     * have ended.
     */
    public boolean areGone() {
        return everybodyKnown
                && processes.values().stream().allMatch(seen -> seen.certain() && seen.guest() == null)
                && seesTheHost();
    }

    /** A /proc of another PID namespace has no kernel threads. */
    private boolean seesTheHost() {
        return stat(KTHREADD)
                .filter(stat -> stat.comm().equals("kthreadd") && stat.parent() == 0)
                .isPresent();
    }

    private List<Guest> known() {
        return processes.values().stream()
                .map(Seen::guest)
                .filter(Objects::nonNull)
                .toList();
    }

    /** Who is to be looked at, with what is known of each: whoever was not looked at for the longest time comes first. */
    private Map<Integer, Seen> due(SortedSet<Integer> pids, Instant now) {
        Map<Integer, Seen> due = new LinkedHashMap<>();
        int settled = 0;
        for (int pid : pids) {
            Seen seen = processes.getOrDefault(pid, Seen.NEVER);
            if (seen.isDue(now) && (!seen.isSettled(now) || settled++ < LOOK_AGAIN_AT_ONCE)) {
                due.put(pid, seen);
            }
        }
        return due.size() <= MOST_AT_ONCE ? due : longestNotLookedAt(due);
    }

    private static Map<Integer, Seen> longestNotLookedAt(Map<Integer, Seen> due) {
        Map<Integer, Seen> first = new LinkedHashMap<>();
        due.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getValue().lookedAt()))
                .limit(MOST_AT_ONCE)
                .forEach(entry -> first.put(entry.getKey(), entry.getValue()));
        return first;
    }

    /**
     * How much memory these guests have, without those that are gone; cheap enough for twice a second. A process id that has been given to
     * somebody else in the last 5 seconds is not noticed.
     *
     * @param pageSizeBytes the kernel's
     */
    public List<ResidentGuest> resident(List<Guest> guests, long pageSizeBytes) {
        return residentMemory.of(guests, pageSizeBytes);
    }

    /** Has {@link #resident} read anew what ksmd has looked at, which it reads once of each guest. */
    public void forgetScanned() {
        residentMemory.forgetScanned();
    }

    /** Gives those that have ended since they were listed. */
    private Set<Integer> look(Map<Integer, Seen> due, Instant now) {
        long uptimeSeconds = uptimeSeconds();
        Set<Integer> ended = new HashSet<>();
        lookout.look(due.keySet(), pid -> look(pid, due.getOrDefault(pid, Seen.NEVER), now, uptimeSeconds))
                .forEach((pid, looked) -> {
                    looked.ifPresentOrElse(process -> processes.put(pid, process), () -> processes.remove(pid));
                    if (looked.isEmpty() && !files.isThere(pid)) {
                        ended.add(pid);
                    }
                });
        return ended;
    }

    /** Empty where the process is gone. */
    private Optional<Seen> look(int pid, Seen before, Instant now, long uptimeSeconds) {
        Optional<ProcStat> found = stat(pid);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        ProcStat stat = found.get();
        if (pid == KTHREADD || stat.parent() == KTHREADD) {
            return Optional.of(new Seen(stat.startTicks(), now, now, null, true));
        }
        boolean same = before.startTicks() == stat.startTicks();
        Instant youngUntil = same ? before.youngUntil() : now.plus(YOUNG).minus(age(stat, uptimeSeconds));
        Guest known = same ? before.guest() : null;
        Optional<String> ksmStat = ksmStat(pid);
        if (ksmStat.isEmpty() && !files.isThere(pid)) {
            return Optional.empty();
        }
        Guest guest = guest(pid, stat, known, ksmStat.map(Guests::mergeable).orElse(Mergeable.UNKNOWN));
        return Optional.of(new Seen(stat.startTicks(), youngUntil, now, guest, ksmStat.isPresent()));
    }

    private @Nullable Guest guest(int pid, ProcStat stat, @Nullable Guest known, Mergeable mergeable) {
        return switch (mergeable) {
            case YES ->
                known != null ? known : named(pid, stat, commandLine(pid).orElse(null));
            case NO -> null;
            case UNKNOWN -> commandLine(pid).map(qemu -> named(pid, stat, qemu)).orElse(null);
        };
    }

    private static Guest named(int pid, ProcStat stat, @Nullable QemuCommandLine qemu) {
        Optional<String> name = qemu == null ? Optional.empty() : qemu.guestName();
        return new Guest(pid, name.orElseGet(() -> Text.name(stat.comm())), stat.startTicks());
    }

    private enum Mergeable {
        YES,
        NO,
        UNKNOWN
    }

    private Optional<String> ksmStat(int pid) {
        try {
            return Optional.of(files.read(pid + "/ksm_stat"));
        } catch (IOException missingOrDenied) {
            return Optional.empty();
        }
    }

    private static Mergeable mergeable(String ksmStat) {
        boolean marked = is(ksmStat, "ksm_mergeable:", "yes") || is(ksmStat, "ksm_merge_any:", "yes");
        boolean scanned = ProcFiles.number(ksmStat, "ksm_rmap_items ").orElse(0) > 0;
        if (marked || scanned) {
            return Mergeable.YES;
        }
        return ProcFiles.line(ksmStat, "ksm_mergeable:").isPresent() ? Mergeable.NO : Mergeable.UNKNOWN;
    }

    private static boolean is(String ksmStat, String key, String value) {
        return ProcFiles.line(ksmStat, key).filter(value::equals).isPresent();
    }

    private Optional<QemuCommandLine> commandLine(int pid) {
        try {
            return QemuCommandLine.parse(files.bytes(pid + "/cmdline"));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private Optional<ProcStat> stat(int pid) {
        try {
            return ProcStat.parse(files.read(pid + "/stat"));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** How long ago the process started, at most {@link #YOUNG}; zero where that cannot be told. */
    private static Duration age(ProcStat stat, long uptimeSeconds) {
        long age = uptimeSeconds - stat.startTicks() / ProcStat.TICKS_PER_SECOND;
        return Duration.ofSeconds(Math.clamp(age, 0, YOUNG.toSeconds()));
    }

    /** 0 where it cannot be told. */
    private long uptimeSeconds() {
        try {
            return Text.unsigned(files.read("uptime").split("\\.", 2)[0]).orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
