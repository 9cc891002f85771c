package dev.samepage.tuning.sim;

/** Sums that the kernel keeps, in pages. */
final class Ledger {
    /** {@code rmap_item}s: pages that ksmd has looked at and not forgotten. */
    long items;

    /** Pages that hang in the unstable tree, or did until the lap ended. */
    long unshared;

    long zeroPages;
    long scanned;
    long skipped;

    /** Copies made because somebody wrote to a merged page. */
    long cowKsm;
}
