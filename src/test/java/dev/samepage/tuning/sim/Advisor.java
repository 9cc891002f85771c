package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;

/**
 * The kernel's scan-time advisor: after each lap it sets {@code pages_to_scan} so that the next takes the wanted time, in whole per cent, as
 * the kernel reckons. That a short lap makes it choose ten pages a batch follows from that.
 */
final class Advisor {
    private static final long MIN_CPU_PERCENT = 10;
    /** Per cent that the newest change weighs in the average. */
    private static final long NEWEST_WEIGHT = 30;

    private static final long SECOND_NANOS = 1_000_000_000;

    private final Knobs knobs;
    private long startNanos;
    private long cpuNanosBefore;
    private long secondsBefore;
    private long change;

    Advisor(Knobs knobs) {
        this.knobs = knobs;
    }

    /** It was switched on. */
    void reset() {
        startNanos = 0;
        cpuNanosBefore = 0;
        secondsBefore = 0;
        change = 0;
    }

    void lapBegins(long nowNanos) {
        startNanos = nowNanos;
    }

    void lapEnds(long nowNanos, long cpuNanos) {
        if (!knobs.on(Knob.ADVISOR_MODE)) {
            return;
        }
        long pagesToScan = knobs.get(Knob.PAGES_TO_SCAN);
        long seconds = atLeastOne((nowNanos - startNanos) / SECOND_NANOS);
        long cpuPercent = atLeastOne((cpuNanos - cpuNanosBefore) * 100 / SECOND_NANOS / seconds);
        long percentOfTarget = atLeastOne(knobs.get(Knob.ADVISOR_TARGET_SCAN_TIME) * 100 / seconds);
        long percentOfLast = atLeastOne(seconds * 100 / (secondsBefore == 0 ? seconds : secondsBefore));
        change = ((100 - NEWEST_WEIGHT) * change + NEWEST_WEIGHT * percentOfLast) / 100;

        long pagesPerPercent = atLeastOne(pagesToScan / cpuPercent);
        long pages = pagesToScan * 100 / percentOfTarget * change / 100;
        pages = Math.min(pages, pagesPerPercent * knobs.get(Knob.ADVISOR_MAX_CPU));
        pages = Math.max(pages, pagesPerPercent * MIN_CPU_PERCENT);
        knobs.put(Knob.PAGES_TO_SCAN, Math.min(pages, knobs.get(Knob.ADVISOR_MAX_PAGES_TO_SCAN)));
        secondsBefore = seconds;
        cpuNanosBefore = cpuNanos;
    }

    private static long atLeastOne(long value) {
        return Math.max(1, value);
    }
}
