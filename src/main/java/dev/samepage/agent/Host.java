package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.ResidentGuest;
import dev.samepage.kernel.UnmergeGuard;
import dev.samepage.kernel.Unmerger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node's kernel as the agent sees it.
 *
 * @param unmerger un-merges everything in a child process
 */
public record Host(Ksm ksm, HostProc proc, Guests guests, Unmerger unmerger, Clock clock) {
    /** What tells how far ksmd is. */
    private static final Set<Counter> PROGRESS = EnumSet.complementOf(
            EnumSet.of(Counter.STABLE_NODE_CHAINS, Counter.STABLE_NODE_DUPS, Counter.GENERAL_PROFIT));

    /** The host behind these directories. */
    public static Host at(Path ksm, Path proc, Path cgroup, Clock clock) {
        Guests guests = new Guests(proc, clock);
        return new Host(
                new Ksm(new KsmDirectory(ksm)),
                new HostProc(proc),
                guests,
                UnmergeGuard.at(ksm, proc, cgroup, guests),
                clock);
    }

    Kernel kernel() {
        return new Kernel(proc.kernelRelease(), proc.bootId(), proc.pageSizeBytes());
    }

    /** Why KSM cannot be used here, as a sentence; empty where it can. */
    public Optional<String> unavailable() {
        return ksm.unavailable();
    }

    Sample sample() throws IOException {
        List<Guest> found = guests.scan();
        return new Sample(
                clock.instant(), ksm.read(), ksm.counters(), proc.memory(), ksmdCpuNanos(), found, guests.areGone());
    }

    /**
     * The node once more, as far as it changes while ksmd runs: its counters and its CPU time.
     *
     * @param known the rest, from a moment ago
     */
    Sample progress(Sample known) throws IOException {
        return known.withProgress(clock.instant(), ksm.counters(PROGRESS), ksmdCpuNanos());
    }

    /**
     * The node once more, as far as it changes while ksmd stands still: its guests, and the knobs, where somebody else turns them.
     *
     * @param known the rest, from a moment ago
     */
    Sample guests(Sample known) throws IOException {
        List<Guest> found = guests.scan();
        return known.withGuests(clock.instant(), found, guests.areGone()).withKnobs(ksm.read());
    }

    private @Nullable Long ksmdCpuNanos() {
        OptionalLong nanos = proc.ksmdCpuNanos();
        return nanos.isPresent() ? nanos.getAsLong() : null;
    }

    /** What Adaptive looks at, beside the sample, where everything is to be looked at. */
    Surroundings surroundings(Sample sample, long pageSizeBytes) {
        OptionalLong cowKsm = proc.cowKsm();
        return growth(sample, pageSizeBytes, cowKsm.isPresent() ? cowKsm.getAsLong() : null);
    }

    /** The same where only the guests' memory is to be looked at. */
    Surroundings growth(Sample sample, long pageSizeBytes, @Nullable Long cowKsm) {
        return new Surroundings(guests.resident(sample.guests(), pageSizeBytes), cowKsm);
    }

    /**
     * What Adaptive wants to know beside a sample.
     *
     * @param cowKsm merged pages that were written to since boot; null where the kernel does not count them
     */
    record Surroundings(
            List<ResidentGuest> guests, @Nullable Long cowKsm) {}
}
