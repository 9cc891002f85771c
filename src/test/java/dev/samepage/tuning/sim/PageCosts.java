package dev.samepage.tuning.sim;

/**
 * What ksmd's work costs, in nanoseconds of its CPU. Each is for one page, unless it says otherwise.
 *
 * @param firstVisit a page that was never looked at: bookkeeping is made and the checksum taken
 * @param changed a page whose checksum is not that of the last visit
 * @param merged a page that is merged already
 * @param unmatched a page that nothing equals: both trees are searched, and it is hung into the unstable one
 * @param joined a page that joins one that is merged already
 * @param paired a page that merges with another of the unstable tree, for both together
 * @param zeroed a page that is replaced by the kernel's zero page
 * @param skipped a page that smart_scan passes over
 * @param absent an address of mergeable memory without a page that could merge
 * @param freed a page of a guest that has ended, whose bookkeeping is given back
 * @param unmerged a merged page that {@code run=2} gives back
 * @param batch waking up for a batch, whatever its size
 */
public record PageCosts(
        long firstVisit,
        long changed,
        long merged,
        long unmatched,
        long joined,
        long paired,
        long zeroed,
        long skipped,
        long absent,
        long freed,
        long unmerged,
        long batch) {
    /** Measured on Linux 6.18. */
    public static PageCosts measured() {
        return new PageCosts(1_000, 800, 400, 6_000, 5_000, 16_000, 4_000, 100, 70, 200, 7_500, 10_000);
    }
}
