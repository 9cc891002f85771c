package dev.samepage.tuning;

import dev.samepage.kernel.HostMemory;

/**
 * Whether memory is short. Smoothed, and with a distance between the way in and the way out, so that a host at the threshold does not
 * flap.
 *
 * @param availablePercent of the host's memory, averaged over the last {@link #SMOOTHING_NANOS} or so
 */
record Pressure(double availablePercent, boolean isShort, long nanos) {
    private static final double SMOOTHING_NANOS = 3e9;

    /** By how much more than the threshold has to be available again. */
    private static final double LEAVES_AT = 1.25;

    private static final double LEAVES_AT_LEAST_PERCENT = 2;

    static Pressure of(HostMemory memory, int belowPercent, long nanos) {
        double available = percent(memory);
        return new Pressure(available, available < belowPercent, nanos);
    }

    Pressure next(HostMemory memory, int belowPercent, long now) {
        double weight = 1 - Math.exp(-Math.max(0, now - nanos) / SMOOTHING_NANOS);
        double smoothed = availablePercent + weight * (percent(memory) - availablePercent);
        double leavesAt = Math.max(belowPercent * LEAVES_AT, belowPercent + LEAVES_AT_LEAST_PERCENT);
        return new Pressure(smoothed, smoothed < (isShort ? leavesAt : belowPercent), now);
    }

    private static double percent(HostMemory memory) {
        return memory.totalBytes() <= 0 ? 100 : 100.0 * memory.availableBytes() / memory.totalBytes();
    }
}
