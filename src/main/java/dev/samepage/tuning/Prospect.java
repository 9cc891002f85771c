package dev.samepage.tuning;

import org.jspecify.annotations.Nullable;

/**
 * What a boost now would be for, and whether it pays.
 *
 * @param unseenBytes that no lap has seen
 * @param erodedBytes that were merged, and have been written to since the last boost
 * @param expectedBytes that it should save
 * @param cpuSeconds that it should take
 * @param floorBytes that it has to save for a second of CPU
 */
record Prospect(long unseenBytes, long erodedBytes, long expectedBytes, double cpuSeconds, double floorBytes) {
    /** Under memory pressure a fourth of the yield is enough. */
    private static final double PRESSURE_DISCOUNT = 0.25;

    /** For how long memory that does not pay for a boost waits at least. */
    private static final double WAITS_SECONDS = 600;

    /** Of a core, the most that a boost which does not pay may come to over the time since the one before. */
    private static final double UNPAID_CORE_SHARE = 0.01;

    /** Memory that comes to less than this share of what would pay waits for the end of the rest. */
    private static final double WORTH_WAITING_FOR = 0.1;

    /** Less is not worth a lap, however cheap that is. */
    private static final long LEAST_BYTES = 1 << 20;

    static Prospect of(
            AdaptiveSettings settings,
            AdaptiveSample sample,
            Reading now,
            Unseen unseen,
            @Nullable Long cowSeen,
            Experience experience,
            boolean atBoundary,
            boolean pressed) {
        long pageBytes = sample.pageSizeBytes();
        Long cow = sample.cowKsm();
        long eroded = cow != null && cowSeen != null ? Math.max(0, cow - cowSeen) * pageBytes : 0;
        return new Prospect(
                unseen.bytes(),
                eroded,
                experience.expectedBytes(unseen.bytes(), eroded),
                experience.cost().boostSeconds(pages(unseen, now, pageBytes), atBoundary),
                settings.minSavedBytesPerCpuSecond() * (pressed ? PRESSURE_DISCOUNT : 1));
    }

    /** By the guests' memory, which is known, and by ksmd's counters, which may be old. */
    static LapCost.Pages pages(Unseen unseen, Reading now, long pageBytes) {
        long unseenPages = unseen.bytes() / pageBytes;
        long seen = Math.min(now.itemPages(), unseen.residentBytes() / pageBytes - unseenPages);
        long merged = Math.min(now.mergedPages(), seen);
        return new LapCost.Pages(merged, seen - merged, unseenPages);
    }

    /** Whether it is more for memory that was merged before than for unseen memory. */
    boolean isForEroded() {
        return erodedBytes > unseenBytes;
    }

    private double neededBytes() {
        return floorBytes * cpuSeconds;
    }

    boolean pays() {
        return expectedBytes >= LEAST_BYTES && expectedBytes >= neededBytes();
    }

    /** Whether what does not pay has waited long enough. */
    boolean hasWaited(double seconds) {
        return expectedBytes >= LEAST_BYTES
                && expectedBytes >= WORTH_WAITING_FOR * neededBytes()
                && seconds >= Math.max(WAITS_SECONDS, cpuSeconds / UNPAID_CORE_SHARE);
    }

    /** Whether a look at everything that nothing calls for is cheap after so long a rest. */
    boolean isCheapAfter(double seconds) {
        return isCheap(cpuSeconds, seconds);
    }

    /** Whether it is no more than a hundredth of a core over this time. */
    static boolean isCheap(double cpuSeconds, double seconds) {
        return seconds >= cpuSeconds / UNPAID_CORE_SHARE;
    }

    /** What there is, as the subject of a sentence. */
    String what() {
        if (erodedBytes == 0) {
            return mebibytes(unseenBytes) + " that no lap has seen";
        }
        return unseenBytes == 0
                ? mebibytes(erodedBytes) + " that were merged and written to since"
                : mebibytes(unseenBytes) + " that no lap has seen, and " + mebibytes(erodedBytes)
                        + " that were merged and written to since";
    }

    static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
