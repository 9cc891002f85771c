package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How hard ksmd works: pages in a batch and the sleep after it, such that a batch stays short, because every write to {@code run} waits for
 * it, and the CPU limit holds. The batch is cut for the dearest pages seen, since cheap ones may be followed by dear ones at any time; the sleep
 * follows what the pages at hand cost.
 *
 * @param batchPages for {@code pages_to_scan}
 * @param sleepMillis for {@code sleep_millisecs}
 * @param dearestPageNanos what a page cost at most over the time between two looks
 * @param lateMillis by how much ksmd's sleeps are longer than asked for: the timer's ticks, and other processes
 * @param recent readings of the last {@link #WINDOW_NANOS}, oldest first
 */
record Pace(long batchPages, long sleepMillis, double dearestPageNanos, double lateMillis, List<Reading> recent) {
    /** A batch of the dearest pages; the target is under 50 ms. */
    private static final double BATCH_NANOS = 40e6;

    /** With a low CPU limit batches are shorter, so that there are several between two looks. */
    private static final double BATCH_NANOS_OF_A_CORE = 60e6;

    /** What ksmd does in a lap, by the dearest that it does to a page; as measured, and a little more for the first. */
    enum Work {
        /** It searches in vain for an equal of what is old: 6 us. */
        MEETING(8e3),
        /** It merges new pairs: 16 us. */
        MERGING(16e3);

        private final double dearestPageNanos;

        Work(double dearestPageNanos) {
            this.dearestPageNanos = dearestPageNanos;
        }
    }

    private static final long FEWEST_PAGES = 64;
    private static final long LONGEST_SLEEP_MILLIS = 1000;
    private static final double TICK_MILLIS = 4;
    private static final long WINDOW_NANOS = 2_000_000_000L;

    /** Where ksmd goes from cheap pages to dear ones it uses too much until the next look, and does so at each guest. */
    private static final double SAVED_FOR_OVERUSED = 3;

    /** So many times the limit at most is used where dear pages follow cheap ones, until the next look: of a low limit, not a whole core. */
    private static final double MOST_OVERUSED = 2.5;

    /** The most looks of which one is kept, however often there is one. */
    private static final int MOST_READINGS = 32;

    /** Just before the end of a lap, and longer than the time between two looks. */
    private static final long CREEPING_SLEEP_MILLIS = 40;

    static final long CREEPING_SLEEP_NANOS = CREEPING_SLEEP_MILLIS * 1_000_000;

    Pace {
        recent = List.copyOf(recent);
    }

    /** The pace to begin with: that of the dearest pages. */
    static Pace begin(Reading now, double dearestPageNanos, int maxCpuPercent, Work work) {
        double limit = maxCpuPercent / 100.0;
        long batch = batch(work, dearestPageNanos, limit);
        long sleep = sleep(batch, work.dearestPageNanos, limit, 0);
        return new Pace(batch, sleep, dearestPageNanos, TICK_MILLIS, List.of(now));
    }

    /** The pace from now on. */
    Pace next(Reading now, int maxCpuPercent, Work work) {
        Reading last = recent.getLast();
        OptionalLong cpu = now.cpuNanosSince(last);
        if (cpu.isEmpty() || now.nanosSince(last) == 0) {
            return this;
        }
        List<Reading> readings = window(now);
        double limit = maxCpuPercent / 100.0;
        double used = share(readings.getFirst(), now);
        // What was used too much lately is saved now, and more, since the next dear pages follow; and the other way
        // round a little.
        double aim = Math.clamp(limit + SAVED_FOR_OVERUSED * (limit - used), limit / 8, Math.min(0.98, limit * 1.04));
        OptionalLong walked = now.walkedPagesSince(last);
        if (walked.isEmpty()) {
            double ratio = odds(aim) / odds(Math.clamp(share(last, now), 0.02, 0.98));
            long sleep = Math.clamp(Math.round(sleepMillis * Math.clamp(ratio, 0.5, 2)), 1, LONGEST_SLEEP_MILLIS);
            return new Pace(batchPages, sleep, dearestPageNanos, lateMillis, readings);
        }
        if (walked.getAsLong() < batchPages / 2) {
            return new Pace(batchPages, sleepMillis, dearestPageNanos, lateMillis, readings);
        }
        double page = (double) cpu.getAsLong() / walked.getAsLong();
        double batches = (double) walked.getAsLong() / batchPages;
        double idleMillis = (now.nanosSince(last) - cpu.getAsLong()) / 1e6 / batches;
        double late = 0.7 * lateMillis + 0.3 * Math.clamp(idleMillis - sleepMillis, 0, 50);
        double dearest = Math.max(page, dearestPageNanos);
        long batch = steady(batchPages, batch(work, dearest, limit));
        long forDearest = sleep(batch, dearest(work, dearest), Math.min(0.98, MOST_OVERUSED * limit), late);
        long sleep = steady(sleepMillis, Math.max(forDearest, sleep(batch, page, aim, late)));
        return new Pace(batch, sleep, dearest, late, readings);
    }

    /** The same, but with time to see the end of a lap before the next one begins. */
    Map<Knob, Long> knobs(boolean creeping) {
        return Map.of(
                Knob.PAGES_TO_SCAN,
                batchPages,
                Knob.SLEEP_MILLISECS,
                creeping ? Math.max(sleepMillis, CREEPING_SLEEP_MILLIS) : sleepMillis);
    }

    /** For a lap in which dearer pages may follow at once. */
    Pace merging(int maxCpuPercent) {
        long batch = Math.min(batchPages, batch(Work.MERGING, dearestPageNanos, maxCpuPercent / 100.0));
        return new Pace(batch, sleepMillis, dearestPageNanos, lateMillis, recent);
    }

    /** How many pages ksmd gets through in this time, by the last two looks. */
    long pagesIn(Duration time) {
        if (recent.size() < 2) {
            return batchPages;
        }
        Reading last = recent.getLast();
        Reading before = recent.get(recent.size() - 2);
        long pages = last.walkedPagesSince(before).orElse(0);
        return Math.max(batchPages, pages * time.toNanos() / Math.max(1, last.nanosSince(before)));
    }

    private List<Reading> window(Reading now) {
        List<Reading> readings = new ArrayList<>(recent);
        readings.add(now);
        while (now.nanosSince(readings.get(1)) > WINDOW_NANOS || readings.size() > MOST_READINGS) {
            readings.removeFirst();
        }
        return readings;
    }

    /** What differs little stays: every change is a write to the kernel. */
    private static long steady(long before, long now) {
        return Math.abs(now - before) <= before / 8 + 1 ? before : now;
    }

    /** Of a core. ksmd's CPU time is known in both, because no other reading is remembered beside a first one. */
    private static double share(Reading from, Reading to) {
        return (double) to.cpuNanosSince(from).orElse(0) / to.nanosSince(from);
    }

    /** Time asleep for each time awake. */
    private static double odds(double share) {
        return (1 - share) / share;
    }

    private static long batch(Work work, double dearestSeenNanos, double limit) {
        double nanos = Math.min(BATCH_NANOS, limit * BATCH_NANOS_OF_A_CORE);
        return Math.max(FEWEST_PAGES, (long) (nanos / dearest(work, dearestSeenNanos)));
    }

    /** What was seen is an average, and of the dearest work. */
    private static double dearest(Work work, double dearestSeenNanos) {
        return work.dearestPageNanos * Math.max(1, dearestSeenNanos / Work.MERGING.dearestPageNanos);
    }

    private static long sleep(long batch, double pageNanos, double share, double lateMillis) {
        double awakeMillis = batch * pageNanos / 1e6;
        return Math.clamp(Math.round(awakeMillis * odds(share) - lateMillis), 1, LONGEST_SLEEP_MILLIS);
    }
}
