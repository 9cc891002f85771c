package dev.samepage.agent;

import dev.samepage.api.Verdict;

/** Judges whether merging is worth it on a node. */
final class Verdicts {
    /** A profit of this much is worth having on a host of any size. */
    private static final long EFFECTIVE_BYTES = 64L << 20;

    private static final double EFFECTIVE_SHARE = 0.005;

    /** Under this much CPU ksmd counts as resting. */
    private static final double RESTING_PERCENT = 1.0;

    /** A profit must hold this many bytes for each CPU second that ksmd uses in a minute. */
    private static final double BYTES_PER_CPU_SECOND = 64 << 20;

    private Verdicts() {}

    /**
     * The verdict.
     *
     * @param profitBytes what is gained, after the cost of bookkeeping
     * @param totalBytes the node's memory
     * @param guests processes that offer memory for merging
     * @param laps full laps since the last guest arrived
     * @param ksmdPercent CPU of ksmd over the last minute, in per cent of one core; 0 where it is not known
     */
    static Verdict of(long profitBytes, long totalBytes, int guests, long laps, double ksmdPercent) {
        if (profitBytes >= Math.min(EFFECTIVE_BYTES, (long) (totalBytes * EFFECTIVE_SHARE))) {
            return Verdict.EFFECTIVE;
        }
        if (guests == 0 && profitBytes == 0) {
            return Verdict.IDLE;
        }
        if (laps < 2) {
            return Verdict.PENDING;
        }
        double cpuSecondsAMinute = ksmdPercent / 100 * 60;
        boolean tooDear = ksmdPercent > RESTING_PERCENT && profitBytes < BYTES_PER_CPU_SECOND * cpuSecondsAMinute;
        return profitBytes <= 0 || tooDear ? Verdict.WASTEFUL : Verdict.MARGINAL;
    }
}
