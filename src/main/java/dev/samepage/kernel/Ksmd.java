package dev.samepage.kernel;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The kernel thread that merges. Its process id is looked up once and verified at every use. */
final class Ksmd {
    /** The parent of every kernel thread. */
    private static final int KTHREADD = 2;

    /** As many askings after a search in vain: a kernel without KSM has none, and looking at every process each time costs too much. */
    private static final int NOT_AGAIN_FOR = 300;

    private static final long NANOS_PER_TICK = 1_000_000_000L / ProcStat.TICKS_PER_SECOND;

    private final ProcFiles files;
    private @Nullable Integer pid;
    private int noSearchFor;

    Ksmd(ProcFiles files) {
        this.files = files;
    }

    OptionalLong cpuNanos() {
        Optional<ProcStat> stat = stat();
        if (stat.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            String schedstat = files.read(pid + "/schedstat");
            OptionalLong nanos = Text.unsigned(schedstat.split(" ", 2)[0].strip());
            if (nanos.isPresent()) {
                return nanos;
            }
        } catch (IOException lacking) {
            // A kernel without scheduler statistics.
        }
        return OptionalLong.of(Math.min(stat.get().cpuTicks(), Long.MAX_VALUE / NANOS_PER_TICK) * NANOS_PER_TICK);
    }

    private Optional<ProcStat> stat() {
        if (pid != null) {
            Optional<ProcStat> known = ksmd(pid);
            if (known.isPresent()) {
                return known;
            }
        }
        OptionalInt found = find();
        pid = found.isPresent() ? found.getAsInt() : null;
        return found.isPresent() ? ksmd(found.getAsInt()) : Optional.empty();
    }

    private OptionalInt find() {
        // Where kthreadd is hidden so is ksmd: a PID namespace of its own.
        if (read(KTHREADD).filter(stat -> stat.parent() == 0).isEmpty()) {
            return OptionalInt.empty();
        }
        if (noSearchFor > 0) {
            noSearchFor--;
            return OptionalInt.empty();
        }
        try {
            OptionalInt found = files.pids().stream()
                    .mapToInt(Integer::intValue)
                    .filter(candidate -> ksmd(candidate).isPresent())
                    .findFirst();
            noSearchFor = found.isPresent() ? 0 : NOT_AGAIN_FOR;
            return found;
        } catch (IOException e) {
            return OptionalInt.empty();
        }
    }

    private Optional<ProcStat> ksmd(int candidate) {
        return read(candidate)
                .filter(stat -> stat.parent() == KTHREADD && stat.comm().equals("ksmd"));
    }

    private Optional<ProcStat> read(int candidate) {
        try {
            return ProcStat.parse(files.read(candidate + "/stat"));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
