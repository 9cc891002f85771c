package dev.samepage.bench;

import dev.samepage.kernel.Knob;
import java.util.List;
import java.util.Map;

/** The tuners that there are. */
final class Tuners {
    private Tuners() {}

    /**
     * All of them, as they are on a host of this size.
     *
     * @param hostBytes MemTotal
     */
    static List<Tuner> known(long hostBytes) {
        HostReading host = HostReading.shortOfMemory(hostBytes);
        return List.of(
                new LawTuner("ksmtuned", "ksmtuned's law, on a host that is short of memory", new KsmtunedLaw(), host),
                new LawTuner("kubevirt", "KubeVirt's law, on a host that is short of memory", new KubeVirtLaw(), host),
                new FixedTuner(
                        "advisor",
                        "the kernel's scan-time advisor, as it is",
                        Map.of(Knob.ADVISOR_MODE, 1L, Knob.RUN, 1L)),
                new FixedTuner(
                        "brute",
                        "brute force, 20000 pages and 20 ms of sleep",
                        Map.of(Knob.PAGES_TO_SCAN, 20_000L, Knob.SLEEP_MILLISECS, 20L, Knob.RUN, 1L)),
                new FixedTuner("none", "nobody: ksmd stands still", Map.of()));
    }
}
