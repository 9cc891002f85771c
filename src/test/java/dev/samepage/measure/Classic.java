package dev.samepage.measure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.samepage.demo.RealHost;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.kernel.HostProc;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.QemuGuest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The classic experiment: ten equal virtual machines, and ksmd by brute force, through {@code samepage local}. */
final class Classic {
    private static final int GUESTS = 10;
    private static final int GUEST_MEBIBYTES = 512;
    private static final int SECONDS = 60;
    private static final int LOOK_AFTER_SECONDS = 50;
    private static final double BAR_MEBIBYTES = 550;
    private static final double MEBIBYTE = 1 << 20;

    private final RealHost host;
    private final Bars bars;

    Classic(RealHost host, Bars bars) {
        this.host = host;
        this.bars = bars;
    }

    void run() throws UnavailableException, IOException, InterruptedException {
        var proc = new HostProc(host.directories().proc());
        try (GuestFleet fleet = GuestFleet.start(GUESTS, QemuGuest.find(GUEST_MEBIBYTES))) {
            fleet.awaitReady();
            bars.say("%d guests run; %s local for %d s".formatted(GUESTS, SamepageProcess.PROGRAM, SECONDS));
            double cpuBefore = proc.ksmdCpuNanos().orElseThrow() / 1e9;
            Process local = local();
            TimeUnit.SECONDS.sleep(LOOK_AFTER_SECONDS);
            double trulySaved = fleet.trueSavedBytes() / MEBIBYTE;
            String report = new String(local.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (local.waitFor() != 0) {
                throw new IllegalStateException("samepage local ended with " + local.exitValue() + ": " + report);
            }
            double cpu = proc.ksmdCpuNanos().orElseThrow() / 1e9 - cpuBefore;
            report(JsonMapper.builder().build().readTree(report), trulySaved, cpu);
        }
    }

    private static Process local() throws IOException {
        return new ProcessBuilder(
                        SamepageProcess.PROGRAM.toString(),
                        "local",
                        "-f",
                        Path.of("manifests", "examples", "classic.yaml").toString(),
                        "--for",
                        SECONDS + "s",
                        "-o",
                        "json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void report(JsonNode status, double trulySaved, double cpuSeconds) {
        bars.title("%d guests of %d MB, after %d s of pages_to_scan=20000 on %s:"
                .formatted(GUESTS, GUEST_MEBIBYTES, SECONDS, host.kernel()));
        bars.atLeast(
                "saved, by KSM's counters", status.at("/memory/savedBytes").asLong() / MEBIBYTE, BAR_MEBIBYTES, "MiB");
        bars.figure("truly saved, by the guests' page tables", trulySaved, "MiB");
        bars.figure("profit", status.at("/memory/profitBytes").asLong() / MEBIBYTE, "MiB");
        bars.figure("CPU time of ksmd", cpuSeconds, "s");
    }
}
