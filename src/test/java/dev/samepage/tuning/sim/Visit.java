package dev.samepage.tuning.sim;

/**
 * What ksmd did with one block.
 *
 * @param scannedPages those that count against {@code pages_to_scan}
 * @param nanos of CPU that it took, for all pages together
 */
record Visit(long scannedPages, long nanos) {
    static Visit scanned(long pages, long nanosPerPage) {
        return new Visit(pages, pages * nanosPerPage);
    }

    /** Walked over on the way to the next page that is scanned. */
    static Visit passed(long pages, long nanosPerPage) {
        return new Visit(0, pages * nanosPerPage);
    }
}
