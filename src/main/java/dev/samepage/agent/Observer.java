package dev.samepage.agent;

import dev.samepage.api.Verdict;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** Looks at the node, and keeps between two looks what it takes to say what ksmd costs and whether it is worth it. */
final class Observer {
    private final String node;
    private final Host host;
    private final Kernel kernel;
    private final LongSupplier nanoTime;
    private final CpuMeter cpuMeter = new CpuMeter();
    private final LapCounter laps = new LapCounter();
    private String unreadable = "";

    /** Time is {@code nanoTime}, which never goes back. */
    Observer(String node, Host host, Kernel kernel, LongSupplier nanoTime) {
        this.node = node;
        this.host = host;
        this.kernel = kernel;
        this.nanoTime = nanoTime;
    }

    /** The node as it is now; empty where KSM or the host's memory cannot be read. */
    Optional<StatusReport.Measured> observe() {
        Sample sample;
        try {
            sample = host.sample();
        } catch (IOException e) {
            unreadable = e.toString();
            return Optional.empty();
        }
        if (sample.knobs().isEmpty()) {
            unreadable = "no setting of KSM can be read";
            return Optional.empty();
        }
        if (sample.ksmdCpuNanos() != null) {
            cpuMeter.add(nanoTime.getAsLong(), sample.ksmdCpuNanos());
        }
        laps.add(sample);
        OptionalDouble percent = cpuMeter.percent();
        Verdict verdict = Verdicts.of(
                sample.counters().profitBytes(kernel.pageSizeBytes()),
                sample.memory().totalBytes(),
                sample.guests().size(),
                laps.sinceLastArrival(),
                percent.orElse(0));
        return Optional.of(
                new StatusReport.Measured(sample, percent.isPresent() ? percent.getAsDouble() : null, verdict, null));
    }

    /** Why {@link #observe} gave nothing, as a sentence. */
    String unusable() {
        return host.unavailable().orElse("KSM or memory cannot be read on " + node + ": " + unreadable + ".");
    }
}
