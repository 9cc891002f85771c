package dev.samepage.tuning.sim;

/** Sums that the kernel keeps, in pages. */
final class Ledger {
    /** {@code rmap_item}s: pages that ksmd has looked at and not forgotten. */
    long items;

    /** Pages that hang in the unstable tree, or did until the lap ended. */
    long unshared;

    /** Pages that differ from each other in the stable tree: how many there are to compare with. */
    long stableNodes;

    /** Likewise in the unstable tree, which every lap begins anew. */
    long unstableNodes;

    long zeroPages;
    long scanned;
    long skipped;

    /** Copies made because somebody wrote to a merged page. */
    long cowKsm;
}
