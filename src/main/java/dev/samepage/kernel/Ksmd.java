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

    private static final long NANOS_PER_TICK = 1_000_000_000L / ProcStat.TICKS_PER_SECOND;

    private final ProcFiles files;
    private @Nullable Integer pid;

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
        return OptionalLong.of(stat.get().cpuTicks() * NANOS_PER_TICK);
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
        // Where kthreadd is hidden so is ksmd: a PID namespace of its own. Looking at every process each time would
        // cost too much.
        if (read(KTHREADD).filter(stat -> stat.parent() == 0).isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            return files.pids().stream()
                    .mapToInt(Integer::intValue)
                    .filter(candidate -> ksmd(candidate).isPresent())
                    .findFirst();
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
