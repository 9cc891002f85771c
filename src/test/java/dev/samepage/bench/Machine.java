package dev.samepage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** How busy the whole machine is, from its /proc. */
record Machine(Path proc) {
    /** {@code USER_HZ}, 100 on every architecture that runs virtual machines. */
    private static final double TICKS_PER_SECOND = 100;

    /** The fields of the line {@code cpu} in proc_stat(5) that are no work: idle and iowait, and guest and guest_nice, which are in user and nice. */
    private static final Set<Integer> NOT_WORK = Set.of(4, 5, 9, 10);

    /** CPU time of everything that has run since boot, in steps of 10 ms. */
    double cpuSeconds() throws IOException {
        String line = Files.readString(proc.resolve("stat")).lines().findFirst().orElseThrow();
        List<String> fields = List.of(line.split(" +"));
        return IntStream.range(1, fields.size())
                        .filter(field -> !NOT_WORK.contains(field))
                        .mapToLong(field -> Long.parseLong(fields.get(field)))
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** The load average of the last minute. */
    double load() throws IOException {
        return Double.parseDouble(
                List.of(Files.readString(proc.resolve("loadavg")).split(" ")).getFirst());
    }
}
