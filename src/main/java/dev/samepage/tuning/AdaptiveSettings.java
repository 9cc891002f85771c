package dev.samepage.tuning;

/**
 * What a policy says about mode Adaptive.
 *
 * @param maxCpuPercent of one core for ksmd, 1 to 100, and only while there is something to gain
 * @param minSavedBytesPerCpuSecond the floor: scanning that is expected to save less for each second of ksmd's CPU is not done, except that a
 *     fourth is enough while memory is short
 * @param maxRestSeconds after which all memory is looked at again, even if nothing calls for it; later where that would take more than 1 % of
 *     a core over the time
 * @param onlyUnderPressure whether ksmd rests as long as memory is plentiful
 * @param memoryAvailableBelowPercent below which memory is short, in per cent of the host's
 */
public record AdaptiveSettings(
        int maxCpuPercent,
        long minSavedBytesPerCpuSecond,
        long maxRestSeconds,
        boolean onlyUnderPressure,
        int memoryAvailableBelowPercent) {
    public AdaptiveSettings {
        if (maxCpuPercent < 1 || maxCpuPercent > 100) {
            throw new IllegalArgumentException("maxCpuPercent must be 1 to 100, and is " + maxCpuPercent);
        }
        if (minSavedBytesPerCpuSecond < 1) {
            throw new IllegalArgumentException(
                    "minSavedBytesPerCpuSecond must be positive, and is " + minSavedBytesPerCpuSecond);
        }
        if (maxRestSeconds < 1) {
            throw new IllegalArgumentException("maxRestSeconds must be positive, and is " + maxRestSeconds);
        }
        if (memoryAvailableBelowPercent < 0 || memoryAvailableBelowPercent > 100) {
            throw new IllegalArgumentException(
                    "memoryAvailableBelowPercent must be 0 to 100, and is " + memoryAvailableBelowPercent);
        }
    }

    /** What holds where a policy says nothing. */
    public static AdaptiveSettings defaults() {
        return new AdaptiveSettings(70, 64L << 20, 1800, false, 20);
    }
}
