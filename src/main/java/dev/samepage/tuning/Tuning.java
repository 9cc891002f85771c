package dev.samepage.tuning;

/** How a node's KSM is to be run, in the kernel's own terms. */
public sealed interface Tuning {
    /** Look, and write nothing. */
    record Observe() implements Tuning {}

    /** {@code run=0}: merged pages stay merged. */
    record Stopped() implements Tuning {}

    /** Nothing merged and {@code run=0}. */
    record Unmerged() implements Tuning {}

    /** {@code run=1}: a batch of {@code pagesToScan} pages, then {@code sleepMillis} of rest. */
    record Fixed(long pagesToScan, long sleepMillis) implements Tuning {}

    /** {@code run=1} at the rate of the kernel's scan-time advisor. */
    record KernelAdvisor(long targetScanSeconds, long maxCpuPercent, long minPagesToScan, long maxPagesToScan)
            implements Tuning {}

    /** ksmd is sent in when there is something to merge, and rests when there is not, within these bounds. */
    record Adaptive(AdaptiveSettings settings) implements Tuning {}
}
