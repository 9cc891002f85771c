package dev.samepage.measure;

import dev.samepage.demo.RealHost;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.QemuGuest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The classic experiment: ten equal virtual machines, and a policy through {@code samepage local}. */
final class Classic {
    private static final int GUESTS = 10;
    private static final int GUEST_MEBIBYTES = 512;
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final long LOOK_EVERY_MILLIS = 20;
    private static final double SAVED_MEBIBYTES = 550;
    private static final double MEBIBYTE = 1 << 20;
    private static final Path LOG = Path.of("target", "measure", "classic.log");

    private final RealHost host;
    private final Bars bars;
    private final HostProc proc;
    private final Ksm ksm;

    Classic(RealHost host, Bars bars) {
        this.host = host;
        this.bars = bars;
        proc = new HostProc(host.directories().proc());
        ksm = new Ksm(new KsmDirectory(host.directories().ksm()));
    }

    /** By brute force, as everybody shows it. */
    void byBruteForce() throws UnavailableException, IOException, InterruptedException {
        try (GuestFleet fleet = guests();
                SamepageProcess local = local("classic")) {
            Figures first = watch(local, fleet);

            bars.title("%d guests of %d MB, for 60 s with pages_to_scan=20000 on %s:"
                    .formatted(GUESTS, GUEST_MEBIBYTES, host.kernel()));
            bars.atLeast("saved, by KSM's counters", first.savedMebibytes(), SAVED_MEBIBYTES, "MiB");
            bars.figure("truly saved, by the guests' page tables", first.trulySavedMebibytes(), "MiB");
            bars.figure("CPU time of ksmd", first.ksmdSeconds(), "s");
        }
    }

    /** The same by mode Adaptive, and a second minute in which nothing changes. */
    void byAdaptive() throws UnavailableException, IOException, InterruptedException {
        try (GuestFleet fleet = guests();
                SamepageProcess local = local("adaptive")) {
            Figures first = watch(local, fleet);
            Figures second = watch(local, fleet);

            bars.title(
                    "%d guests of %d MB, with mode Adaptive on %s:".formatted(GUESTS, GUEST_MEBIBYTES, host.kernel()));
            bars.atLeast("saved after 60 s, by KSM's counters", first.savedMebibytes(), SAVED_MEBIBYTES, "MiB");
            bars.figure("truly saved, by the guests' page tables", first.trulySavedMebibytes(), "MiB");
            bars.atMost("start of the program to %.0f MiB".formatted(SAVED_MEBIBYTES), first.secondsToBar(), 8, "s");
            bars.atMost("CPU time of ksmd in the first minute", first.ksmdSeconds(), 3, "s");
            bars.atMost("CPU time of ksmd in the second minute", second.ksmdSeconds(), 0.01, "s");
        }
    }

    /**
     * What a minute has come to.
     *
     * @param secondsToBar from the program's start until the bar was reached; infinite where it was not in this minute
     */
    private record Figures(
            double savedMebibytes, double trulySavedMebibytes, double secondsToBar, double ksmdSeconds) {}

    private Figures watch(SamepageProcess local, GuestFleet fleet) throws IOException, InterruptedException {
        double cpuBefore = ksmdSeconds();
        long end = System.nanoTime() + MINUTE.toNanos();
        double secondsToBar = Double.POSITIVE_INFINITY;
        while (System.nanoTime() < end) {
            if (secondsToBar == Double.POSITIVE_INFINITY && savedMebibytes() >= SAVED_MEBIBYTES) {
                secondsToBar = (System.nanoTime() - local.startNanos()) / 1e9;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
        double cpu = ksmdSeconds() - cpuBefore;
        if (local.hasEndedByItself()) {
            throw new IllegalStateException("samepage local has ended by itself, see " + LOG);
        }
        return new Figures(savedMebibytes(), fleet.trueSavedBytes() / MEBIBYTE, secondsToBar, cpu);
    }

    private static GuestFleet guests() throws UnavailableException {
        return GuestFleet.start(GUESTS, QemuGuest.find(GUEST_MEBIBYTES)).awaitReady();
    }

    private SamepageProcess local(String policy) {
        bars.say("%d guests run; %s local with manifests/examples/%s.yaml"
                .formatted(GUESTS, SamepageProcess.PROGRAM, policy));
        return SamepageProcess.start(
                LOG, Map.of(), 0, List.of("local", "--file=manifests/examples/" + policy + ".yaml"));
    }

    private double savedMebibytes() throws IOException {
        return ksm.counters().savedBytes(proc.pageSizeBytes()) / MEBIBYTE;
    }

    private double ksmdSeconds() {
        return proc.ksmdCpuNanos().orElseThrow() / 1e9;
    }
}
