package dev.samepage.kernel;

/**
 * Whether the host can give every guest its own pages back.
 *
 * @param neededBytes what un-merging takes: (pages_sharing + ksm_zero_pages) x page size
 * @param reserveBytes what is to stay available after it; 0 where it takes nothing because all guests are gone
 * @param availableBytes MemAvailable now
 */
public record MemoryCheck(long neededBytes, long reserveBytes, long availableBytes) {
    /**
     * What stays available at least, whatever is asked for. Memory is looked at five times a second while it is un-merged, and between two looks
     * the kernel un-merges about 100 MiB: with less, it could be used up before anybody sees it.
     */
    static final long LEAST_RESERVE_BYTES = 128L << 20;

    /**
     * The check of one moment.
     *
     * @param guestsGone whether what is merged belongs to nobody any more: giving it back takes nothing then, whatever is counted, and no
     *     reserve is asked for
     * @param reservePercent per cent of the host's memory that is to stay available, 0 to 100; 128 MiB at least
     */
    public static MemoryCheck of(
            Counters counters, boolean guestsGone, HostMemory memory, long pageSizeBytes, int reservePercent) {
        return guestsGone
                ? new MemoryCheck(0, 0, memory.availableBytes())
                : new MemoryCheck(
                        counters.savedBytes(pageSizeBytes),
                        Math.max(LEAST_RESERVE_BYTES, memory.totalBytes() / 100 * reservePercent),
                        memory.availableBytes());
    }

    /** Whether the reserve is left when everything is un-merged. */
    public boolean enough() {
        return availableBytes - reserveBytes >= neededBytes;
    }

    /** What helps where there is not enough, as a sentence. */
    public String advice() {
        return reserveBytes > LEAST_RESERVE_BYTES
                ? "Move a guest away, free memory, or lower unmerge.reservePercent."
                : "Move a guest away or free memory.";
    }

    /** Why there is not enough, in words that go on after a colon; each figure in MiB, and the last the sum of the others. */
    public String shortage() {
        long needed = Mebibytes.up(neededBytes);
        long available = Mebibytes.down(availableBytes);
        long reserve = Mebibytes.up(reserveBytes);
        return "needed " + needed + " MiB, available " + available + " MiB, reserve " + reserve + " MiB: "
                + (needed + reserve - available) + " MiB short";
    }
}
