package dev.samepage.agent;

import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.Unmerge;
import dev.samepage.kernel.Unmerger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The node's kernel as the agent sees it.
 *
 * @param unmerger un-merges everything in a child process
 */
public record Host(Ksm ksm, HostProc proc, Guests guests, Unmerger unmerger, Clock clock) {
    /** The host behind these directories. */
    public static Host at(Path ksm, Path proc, Clock clock) {
        return new Host(
                new Ksm(new KsmDirectory(ksm)),
                new HostProc(proc),
                new Guests(proc, clock),
                () -> Unmerge.run(ksm),
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
        return new Sample(
                clock.instant(), ksm.read(), ksm.counters(), proc.memory(), proc.ksmdCpuNanos(), guests.scan());
    }
}
