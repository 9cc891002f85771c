package dev.samepage.testbed.guests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * What merging truly saves, whatever KSM's counters say: a page that n processes share counts n times in their resident
 * memory and once in their proportional memory. From /proc/PID/smaps_rollup, anonymous pages only, because programs
 * share the pages of their files without KSM. Pages merged with the kernel's zero page (use_zero_pages) are in neither.
 */
final class SharedPages {
    private SharedPages() {}

    /** Bytes saved between these processes; those that have ended count as nothing. */
    static long savedBytes(Collection<Long> pids) {
        return pids.stream().mapToLong(SharedPages::savedBytes).sum();
    }

    private static long savedBytes(long pid) {
        Path rollup = Path.of("/proc", Long.toString(pid), "smaps_rollup");
        try {
            String text = Files.readString(rollup);
            return kibibytes(text, "Anonymous:") * 1024 - kibibytes(text, "Pss_Anon:") * 1024;
        } catch (IOException e) {
            return 0;
        }
    }

    private static long kibibytes(String rollup, String field) {
        try (Stream<String> lines = rollup.lines()) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.substring(field.length(), line.length() - " kB".length())
                            .strip()))
                    .sum();
        }
    }
}
