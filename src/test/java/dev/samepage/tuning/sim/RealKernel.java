package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.KsmFiles;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.testbed.guests.ProcessGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The kernel of this machine. */
final class RealKernel implements KernelAtHand {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);
    private final Ksm ksm = new Ksm(files);
    private final HostProc proc = new HostProc(Path.of("/proc"));
    private final List<GuestFleet> fleets = new ArrayList<>();

    @Override
    public void set(Knob knob, long value) {
        try {
            files.write(knob.file(), knob.text(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void start(int count, GuestMemory memory) {
        GuestFleet fleet = GuestFleet.start(count, new ProcessGuest(memory));
        fleets.add(fleet);
        fleet.awaitReady();
    }

    @Override
    public void endOldestGuest() {
        GuestFleet oldest = fleets.getFirst();
        oldest.stop(oldest.pids().getFirst());
    }

    @Override
    public Counters counters() {
        try {
            return ksm.counters();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long ksmdCpuNanos() {
        return proc.ksmdCpuNanos().orElseThrow();
    }

    @Override
    public long savedBytes() {
        // What is on the kernel's zero page is not the guests' memory any more.
        long zeroPages = counter(Counter.KSM_ZERO_PAGES) * proc.pageSizeBytes();
        return fleets.stream().mapToLong(GuestFleet::trueSavedBytes).sum() + zeroPages;
    }

    @Override
    public void pause() {
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        fleets.forEach(GuestFleet::close);
    }
}
