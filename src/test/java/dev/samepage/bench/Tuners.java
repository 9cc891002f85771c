package dev.samepage.bench;

import dev.samepage.demo.SamepageProcess;
import dev.samepage.kernel.Knob;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tuners that there are. */
final class Tuners {
    private static final String ADVISOR = "advisor";

    private Tuners() {}

    /**
     * All of them, as they are on this host.
     *
     * @param hostBytes MemTotal
     * @param knobs that the kernel has: where it has no advisor (Linux 6.8), there is no such tuner
     */
    static List<Tuner> known(long hostBytes, Set<Knob> knobs) {
        HostReading host = HostReading.shortOfMemory(hostBytes);
        List<Tuner> all = List.of(
                new ProgramTuner(
                        "adaptive",
                        "Samepage, mode Adaptive as it is by default",
                        List.of(SamepageProcess.PROGRAM.toString(), "local", "--file=manifests/examples/adaptive.yaml"),
                        Path.of("target", "bench", "adaptive.log")),
                new LawTuner("ksmtuned", "ksmtuned's law, on a host that is short of memory", new KsmtunedLaw(), host),
                new LawTuner("kubevirt", "KubeVirt's law, on a host that is short of memory", new KubeVirtLaw(), host),
                new FixedTuner(
                        ADVISOR,
                        "the kernel's scan-time advisor, as it is",
                        Map.of(Knob.ADVISOR_MODE, 1L, Knob.RUN, 1L)),
                new FixedTuner(
                        "brute",
                        "brute force, 20000 pages and 20 ms of sleep",
                        Map.of(Knob.PAGES_TO_SCAN, 20_000L, Knob.SLEEP_MILLISECS, 20L, Knob.RUN, 1L)),
                new FixedTuner("none", "nobody: ksmd stands still", Map.of()));
        return all.stream()
                .filter(tuner ->
                        knobs.contains(Knob.ADVISOR_MODE) || !tuner.name().equals(ADVISOR))
                .toList();
    }
}
