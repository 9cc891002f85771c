package dev.samepage.tuning;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far ksmd had come at one moment.
 *
 * @param laps {@code full_scans}
 * @param cpuNanos of ksmd since boot; null where it cannot be seen
 * @param walkedPages pages looked at or skipped since boot; null where the kernel does not count them
 * @param savedPages what merging saves, as far as ksmd knows
 * @param sharedPages that stand for merged ones: more of them mean that pairs were found which had not been known
 * @param mergedPages that ksmd finds merged when it comes by
 * @param itemPages that ksmd keeps a record of: as many as there are in a lap
 * @param zeroPages merged with the kernel's own
 * @param unprovenPages of the records, those in neither of the kernel's two trees: of pages that were not as at the visit before, that were passed
 *     over by smart_scan, that are merged with the kernel's own, that are gone, and that could not be compared ({@code pages_volatile})
 */
record Reading(
        long nanos,
        long laps,
        @Nullable Long cpuNanos,
        @Nullable Long walkedPages,
        long skippedPages,
        long savedPages,
        long sharedPages,
        long mergedPages,
        long itemPages,
        long zeroPages,
        long unprovenPages) {
    private static final long LEAST_WORK_NANOS = 200_000;

    static Reading of(AdaptiveSample sample) {
        Counters counters = sample.counters();
        OptionalLong scanned = counters.get(Counter.PAGES_SCANNED);
        long skipped = counters.get(Counter.PAGES_SKIPPED).orElse(0);
        long shared = counters.get(Counter.PAGES_SHARED).orElse(0);
        long sharing = counters.get(Counter.PAGES_SHARING).orElse(0);
        return new Reading(
                sample.monotonicNanos(),
                counters.get(Counter.FULL_SCANS).orElse(0),
                sample.ksmdCpuNanos(),
                scanned.isPresent() ? scanned.getAsLong() + skipped : null,
                skipped,
                counters.savedPages(),
                shared,
                shared + sharing,
                counters.knownPages(),
                counters.get(Counter.KSM_ZERO_PAGES).orElse(0),
                counters.get(Counter.PAGES_VOLATILE).orElse(0));
    }

    /** Pages that ksmd has found as they were at the visit before: merged, or waiting for an equal. */
    long provenPages() {
        return itemPages - unprovenPages + zeroPages;
    }

    /** ksmd's CPU time since an earlier reading. */
    OptionalLong cpuNanosSince(Reading earlier) {
        return difference(cpuNanos, earlier.cpuNanos);
    }

    /** Pages that ksmd has looked at or skipped since an earlier reading. */
    OptionalLong walkedPagesSince(Reading earlier) {
        return difference(walkedPages, earlier.walkedPages);
    }

    long nanosSince(Reading earlier) {
        return Math.max(0, nanos - earlier.nanos);
    }

    /** Whether ksmd has got any further since; waking up for nothing does not count. */
    boolean hasMovedSince(Reading earlier) {
        long work = walkedPages != null
                ? walkedPagesSince(earlier).orElse(0)
                : cpuNanosSince(earlier).orElse(LEAST_WORK_NANOS) / LEAST_WORK_NANOS;
        return laps != earlier.laps || work > 0;
    }

    /** Whether ksmd knows no page, as at boot and after {@code run=2}: it stands at the beginning of a lap. */
    boolean isFresh() {
        return laps == 0 && itemPages == 0;
    }

    private static OptionalLong difference(@Nullable Long now, @Nullable Long before) {
        return now != null && before != null ? OptionalLong.of(Math.max(0, now - before)) : OptionalLong.empty();
    }
}
