package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The memory that un-merging takes, read anew at each call. Not for use by two threads at once. */
final class UnmergeMemory {
    private final Ksm ksm;
    private final HostProc proc;
    private final Guests guests;
    private final GuestLimits limits;

    UnmergeMemory(Ksm ksm, Path proc, Path cgroup, Guests guests) {
        this.ksm = ksm;
        this.proc = new HostProc(proc);
        this.guests = guests;
        ProcFiles files = new ProcFiles(proc);
        limits = new GuestLimits(files, new MemoryCgroups(files, cgroup), Lookout.PATIENCE);
    }

    /**
     * What un-merging would take now.
     *
     * @param reservePercent per cent of the host's memory that is to stay available
     * @throws IOException where the counters or the host's memory cannot be read
     */
    UnmergeOutlook outlook(int reservePercent) throws IOException {
        long pageSizeBytes = proc.pageSizeBytes();
        List<Guest> found = guests.scan();
        if (guests.areGone()) {
            // Others are looked at seldom, and one of them may offer memory by now.
            found = guests.scanAnew();
        }
        GuestLimits.Needs needs = limits.needs(found, pageSizeBytes);
        // Last, because guests can be slow to answer, and memory may fall meanwhile.
        boolean gone = guests.areGone();
        return new UnmergeOutlook(
                gone, MemoryCheck.of(ksm.counters(), gone, proc.memory(), pageSizeBytes, reservePercent), needs);
    }

    /**
     * Why what is under way must stop: the reserve is touched, or somebody else has used what was to be left of a guest's limit. Looks at
     * memory alone, since the kernel counts what is un-merged only when it is done with a process.
     *
     * @param begun as it was before the beginning
     * @throws IOException where the host's memory cannot be read
     */
    Optional<String> touched(UnmergeOutlook begun) throws IOException {
        long available = proc.memory().availableBytes();
        long reserve = begun.host().reserveBytes();
        if (available < reserve) {
            return Optional.of("available memory fell to " + Mebibytes.down(available) + " MiB, under the reserve of "
                    + Mebibytes.up(reserve) + " MiB");
        }
        return limits.usedUp(begun.guests().checks())
                .map(check -> "of the limit of guest " + check.guest() + ", "
                        + Mebibytes.down(check.limitBytes()) + " MiB, only "
                        + Mebibytes.down(Math.max(0, check.roomBytes())) + " MiB are left");
    }

    /** What is still merged, in bytes. */
    long mergedBytes() throws IOException {
        return ksm.counters().savedBytes(proc.pageSizeBytes());
    }
}
