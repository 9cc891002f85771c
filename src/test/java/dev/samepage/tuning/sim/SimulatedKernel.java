package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The machine that is simulated, and what its kernel lacks.
 *
 * @param knobs those that it has
 * @param counters those that it has
 * @param cowKsm whether /proc/vmstat has {@code cow_ksm} (Linux 5.19)
 * @param schedstat whether ksmd's CPU time is known in nanoseconds, and not only in ticks of 10 ms
 * @param joinsAtFirstVisit whether a page joins merged ones at its first visit, as before Linux 6.11: the stable tree was searched before
 *     the checksum was looked at
 * @param costs of ksmd's work
 * @param blockPages how many neighbouring pages share one fate; memory comes in multiples of it, and counters are as exact as it is
 * @param memoryBytes of the host
 */
public record SimulatedKernel(
        Set<Knob> knobs,
        Set<Counter> counters,
        boolean cowKsm,
        boolean schedstat,
        boolean joinsAtFirstVisit,
        PageCosts costs,
        int blockPages,
        long memoryBytes) {
    private static final int MEBIBYTE_PAGES = 256;

    public SimulatedKernel {
        if (blockPages < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("a block has at least one page, and a host some memory");
        }
        knobs = Collections.unmodifiableSet(EnumSet.copyOf(knobs));
        counters = Collections.unmodifiableSet(EnumSet.copyOf(counters));
    }

    /** Linux 6.18 with 16 GiB: every knob but Red Hat's, every counter, blocks of 1 MiB. */
    public static SimulatedKernel linux618() {
        return new SimulatedKernel(
                EnumSet.complementOf(EnumSet.of(Knob.REDHAT_ONLY_ZERO_PAGES)),
                EnumSet.allOf(Counter.class),
                true,
                true,
                false,
                PageCosts.measured(),
                MEBIBYTE_PAGES,
                16L << 30);
    }

    /** Linux 6.1 with 16 GiB: no advisor, no smart_scan, no pages_scanned, no general_profit. */
    public static SimulatedKernel linux61() {
        SimulatedKernel newer = linux618();
        return new SimulatedKernel(
                EnumSet.range(Knob.RUN, Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS),
                EnumSet.complementOf(EnumSet.of(
                        Counter.KSM_ZERO_PAGES, Counter.PAGES_SCANNED, Counter.PAGES_SKIPPED, Counter.GENERAL_PROFIT)),
                true,
                true,
                true,
                newer.costs,
                newer.blockPages,
                newer.memoryBytes);
    }

    public SimulatedKernel without(Knob knob) {
        Set<Knob> fewer = EnumSet.copyOf(knobs);
        fewer.remove(knob);
        return new SimulatedKernel(
                fewer, counters, cowKsm, schedstat, joinsAtFirstVisit, costs, blockPages, memoryBytes);
    }

    public SimulatedKernel without(Counter counter) {
        Set<Counter> fewer = EnumSet.copyOf(counters);
        fewer.remove(counter);
        return new SimulatedKernel(knobs, fewer, cowKsm, schedstat, joinsAtFirstVisit, costs, blockPages, memoryBytes);
    }

    public SimulatedKernel withoutCowKsm() {
        return new SimulatedKernel(
                knobs, counters, false, schedstat, joinsAtFirstVisit, costs, blockPages, memoryBytes);
    }

    public SimulatedKernel withoutSchedstat() {
        return new SimulatedKernel(knobs, counters, cowKsm, false, joinsAtFirstVisit, costs, blockPages, memoryBytes);
    }

    public SimulatedKernel withCosts(PageCosts other) {
        return new SimulatedKernel(
                knobs, counters, cowKsm, schedstat, joinsAtFirstVisit, other, blockPages, memoryBytes);
    }

    /** For a big host: 65,536 pages are 256 MiB. */
    public SimulatedKernel withBlocksOf(int pages) {
        return new SimulatedKernel(knobs, counters, cowKsm, schedstat, joinsAtFirstVisit, costs, pages, memoryBytes);
    }

    public SimulatedKernel withMemory(long bytes) {
        return new SimulatedKernel(knobs, counters, cowKsm, schedstat, joinsAtFirstVisit, costs, blockPages, bytes);
    }
}
