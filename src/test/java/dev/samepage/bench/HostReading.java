package dev.samepage.bench;

/**
 * What a tuner sees of its host's memory, in KiB as /proc/meminfo has it.
 *
 * @param totalKibibytes MemTotal
 * @param freeKibibytes MemFree, Buffers and Cached together
 * @param availableKibibytes MemAvailable
 * @param guestsKibibytes resident memory of all virtual machines
 */
record HostReading(long totalKibibytes, long freeKibibytes, long availableKibibytes, long guestsKibibytes) {
    private static final int FREE_PERCENT = 10;

    /**
     * A host of this size that is short of memory: 90 % of it are the guests', 10 % are left. Both laws act below 20 %; on a host with more
     * they would leave ksmd asleep, and there would be nothing to compare.
     */
    static HostReading shortOfMemory(long totalBytes) {
        long total = totalBytes / 1024;
        long free = total * FREE_PERCENT / 100;
        return new HostReading(total, free, free, total - free);
    }
}
