package dev.samepage.kernel;

/**
 * Whether the host can give every guest its own pages back.
 *
 * @param neededBytes what un-merging takes: (pages_sharing + ksm_zero_pages) x page size
 * @param reserveBytes what is to stay available after it
 * @param availableBytes MemAvailable now
 */
public record MemoryCheck(long neededBytes, long reserveBytes, long availableBytes) {
    /** Whether the reserve is left when everything is un-merged. */
    public boolean enough() {
        return availableBytes - reserveBytes >= neededBytes;
    }
}
