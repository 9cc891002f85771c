package dev.samepage.tuning;

import dev.samepage.tuning.Doing.Tracking.Reason;
import java.util.Optional;

/**
 * What beside a boost is worth ksmd's time.
 *
 * @param pages that the host has
 */
record Worth(AdaptiveSettings settings, Unseen unseen, Experience experience, LapCost.Pages pages, long pageSizeBytes) {
    private static final double NANOS = 1e9;

    /** Guests that ended wait so long to be passed, because a boost that comes meanwhile passes them anyway. */
    private static final double TIDY_AFTER_SECONDS = 60;

    /** What the kernel keeps of each page that ksmd has looked at: {@code sizeof(struct ksm_rmap_item)}. */
    private static final long RECORD_BYTES = 64;

    /** ksmd's CPU that one more lap should take. */
    double lapSeconds() {
        return experience.cost().furtherLapSeconds(pages);
    }

    /** What one more lap would pay for, at the end of one. */
    Optional<Reason> furtherLap(long expectedOfUnprovenBytes) {
        long met = unseen.metBytes();
        double mergingSeconds = experience.cost().mergingSeconds(met / pageSizeBytes);
        if (pays(experience.expectedBytes(met, 0), lapSeconds() + mergingSeconds)) {
            return Optional.of(Reason.MET);
        }
        return pays(expectedOfUnprovenBytes, lapSeconds()) ? Optional.of(Reason.UNPROVEN) : Optional.empty();
    }

    /** Whether so much is missing that a lap which leaves nothing out would pay, if that found it. */
    boolean missing(Experience.Outcome outcome) {
        return outcome.isDisappointing() && pays(outcome.expectedBytes() - outcome.gainedBytes(), lapSeconds());
    }

    /**
     * Whether a further lap has saved the floor so far.
     *
     * @param spentShare of what it should cost, for where ksmd's CPU time cannot be seen
     */
    boolean hasPaid(Lap lap, double spentShare) {
        double cpuSeconds = lap.cpuNanos().isPresent()
                ? lap.cpuNanos().getAsLong() / NANOS
                : (lap.isOver() ? 1 : spentShare) * lapSeconds();
        return lap.gainedPages() * pageSizeBytes >= settings.minSavedBytesPerCpuSecond() * cpuSeconds;
    }

    /** Whether guests that ended are to be passed: for the memory that this sets free, or because it costs little. */
    boolean tidying(boolean atBoundary, long nowNanos) {
        double waitedSeconds = unseen.goneNanos(nowNanos) / NANOS;
        // Between two laps they come next, else the guest at which ksmd stands comes first.
        long first = atBoundary ? 0 : unseen.largestBytes() / pageSizeBytes;
        double cpuSeconds = experience.cost().partSeconds(pages, first);
        return waitedSeconds >= TIDY_AFTER_SECONDS
                && (Prospect.isCheap(cpuSeconds, waitedSeconds)
                        || pays(unseen.goneBytes() / pageSizeBytes * RECORD_BYTES, cpuSeconds));
    }

    private boolean pays(long bytes, double cpuSeconds) {
        return bytes > 0 && bytes >= settings.minSavedBytesPerCpuSecond() * cpuSeconds;
    }
}
