package dev.samepage.tuning.sim;

/**
 * What ksmd's work costs, in nanoseconds of its CPU. Each is for one page, unless it says otherwise. A search costs more in a bigger tree: a
 * page that nothing equals is the dearer the more there is to compare it with.
 *
 * @param firstVisit a page that was never looked at: bookkeeping is made and the checksum taken
 * @param changed a page that is not as it was at the last visit
 * @param checksum finding that a page is as it was
 * @param merged a page that is merged already
 * @param stableLevel one step down the tree of merged pages
 * @param unstableLevel one step down the tree of pages that were not merged in this lap
 * @param joined merging with a page that is merged already, once it is found
 * @param paired merging two pages, once they are found
 * @param zeroed replacing a page by the kernel's zero page
 * @param skipped a page that smart_scan passes over
 * @param absent an address of mergeable memory without a page that could merge
 * @param freed a page of a guest that has ended, whose bookkeeping is given back
 * @param unmerged a merged page that {@code run=2} gives back
 * @param batch waking up for a batch, whatever its size
 */
public record PageCosts(
        long firstVisit,
        long changed,
        long checksum,
        long merged,
        long stableLevel,
        long unstableLevel,
        long joined,
        long paired,
        long zeroed,
        long skipped,
        long absent,
        long freed,
        long unmerged,
        long batch) {
    /**
     * Measured on Linux 6.18, in a virtual machine with two cores: ksmd's CPU for laps over guests with pages of one kind only, 4,000 to
     * 260,000 of them, divided by the pages; the steps down a tree from how a lap over unique pages grows with their number. Rounded. Laps
     * differed by up to 20 %, since other programs used the cores, too. {@code SimulatedKsmKernelTest} holds them against the kernel.
     */
    public static PageCosts measured() {
        return new PageCosts(1_050, 1_200, 900, 420, 240, 360, 900, 2_000, 1_800, 280, 5, 200, 5_000, 10_000);
    }

    /** A machine that is so many times slower. */
    public PageCosts times(double factor) {
        return new PageCosts(
                times(firstVisit, factor),
                times(changed, factor),
                times(checksum, factor),
                times(merged, factor),
                times(stableLevel, factor),
                times(unstableLevel, factor),
                times(joined, factor),
                times(paired, factor),
                times(zeroed, factor),
                times(skipped, factor),
                times(absent, factor),
                times(freed, factor),
                times(unmerged, factor),
                times(batch, factor));
    }

    private static long times(long nanos, double factor) {
        return Math.round(nanos * factor);
    }

    /** The whole visit of a page that joins one that is merged already. */
    long joined(Ledger ledger) {
        return checksum + (long) (stableLevel * levels(ledger.stableNodes)) + joined;
    }

    /** The whole visit of a page that nothing equals: both trees are searched. */
    long unmatched(Ledger ledger) {
        return checksum
                + (long) (stableLevel * levels(ledger.stableNodes) + unstableLevel * levels(ledger.unstableNodes));
    }

    /** The whole visit of a page that merges with another of the unstable tree, for both. */
    long paired(Ledger ledger) {
        return unmatched(ledger) + paired;
    }

    private static double levels(long nodes) {
        return Math.log(nodes + 1.0) / Math.log(2);
    }
}
