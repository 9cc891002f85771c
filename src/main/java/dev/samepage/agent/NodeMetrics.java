package dev.samepage.agent;

import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.HostProc;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The last round of the agent as Prometheus metrics. What the kernel lacks is left out rather than shown as 0. */
public final class NodeMetrics {
    private static final double NANOS = 1e9;

    private final HostProc proc;

    /**
     * Metrics beside a loop.
     *
     * @param proc not the loop's own
     */
    public NodeMetrics(HostProc proc) {
        this.proc = proc;
    }

    /** Many may ask at once; what reads /proc is for one at a time. */
    synchronized MetricSnapshots of(@Nullable KsmNodeStatus status) {
        List<MetricSnapshot> metrics = new ArrayList<>();
        OptionalLong cpu = proc.ksmdCpuNanos();
        if (cpu.isPresent()) {
            counter(metrics, "samepage_ksmd_cpu_seconds", "CPU time of ksmd since boot.", cpu.getAsLong() / NANOS);
        }
        if (status != null) {
            memory(metrics, status);
            if (status.counters() != null) {
                counters(metrics, status.counters());
            }
            if (status.guests() != null) {
                gauge(
                        metrics,
                        "samepage_guests",
                        "Processes that offer memory for merging.",
                        status.guests().longValue());
            }
            metrics.add(states(status.state()));
            metrics.add(verdicts(status.verdict()));
        }
        return new MetricSnapshots(metrics);
    }

    private static void memory(List<MetricSnapshot> metrics, KsmNodeStatus status) {
        if (status.memory() != null) {
            gauge(
                    metrics,
                    "samepage_saved_bytes",
                    "Memory saved by merging.",
                    status.memory().savedBytes());
            gauge(
                    metrics,
                    "samepage_profit_bytes",
                    "Memory saved less the kernel's bookkeeping; negative where KSM is a loss.",
                    status.memory().profitBytes());
            gauge(
                    metrics,
                    "samepage_memory_bytes",
                    "Memory of the node.",
                    status.memory().totalBytes());
            gauge(
                    metrics,
                    "samepage_memory_available_bytes",
                    "Memory that programs could still get.",
                    status.memory().availableBytes());
        }
    }

    private static void counters(List<MetricSnapshot> metrics, KsmCounters counters) {
        gauge(metrics, "samepage_pages_shared", "Pages in use that hold merged content.", counters.pagesShared());
        gauge(metrics, "samepage_pages_sharing", "Mappings that need no page of their own.", counters.pagesSharing());
        gauge(
                metrics,
                "samepage_pages_unshared",
                "Pages looked at that no other page equals.",
                counters.pagesUnshared());
        gauge(
                metrics,
                "samepage_pages_volatile",
                "Pages that change too often to be merged.",
                counters.pagesVolatile());
        gauge(metrics, "samepage_zero_pages", "Empty pages replaced by the kernel's zero page.", counters.zeroPages());
        gauge(metrics, "samepage_stable_node_chains", "Chains of widely shared pages.", counters.stableNodeChains());
        gauge(metrics, "samepage_stable_node_dups", "Copies kept in those chains.", counters.stableNodeDups());
        counter(metrics, "samepage_pages_scanned", "Pages looked at since boot.", counters.pagesScanned());
        counter(
                metrics,
                "samepage_pages_skipped",
                "Pages passed over by smart_scan since boot.",
                counters.pagesSkipped());
        counter(metrics, "samepage_full_scans", "Laps over all mergeable memory.", counters.fullScans());
    }

    /** One series for each state, 1 for the one that holds. */
    private static MetricSnapshot states(@Nullable State state) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("samepage_state").help("1 for the state that the node is in.");
        for (State each : State.values()) {
            gauge.dataPoint(point(Labels.of("state", each.toString()), each == state));
        }
        return gauge.build();
    }

    private static MetricSnapshot verdicts(@Nullable Verdict verdict) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name("samepage_verdict").help("1 for the verdict on merging here.");
        for (Verdict each : Verdict.values()) {
            gauge.dataPoint(point(Labels.of("verdict", each.toString()), each == verdict));
        }
        return gauge.build();
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, boolean holds) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(holds ? 1 : 0)
                .build();
    }

    private static void gauge(List<MetricSnapshot> metrics, String name, String help, @Nullable Long value) {
        if (value != null) {
            metrics.add(GaugeSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .value(value)
                            .build())
                    .build());
        }
    }

    private static void counter(List<MetricSnapshot> metrics, String name, String help, @Nullable Number value) {
        if (value != null) {
            metrics.add(CounterSnapshot.builder()
                    .name(name)
                    .help(help)
                    .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                            .value(value.doubleValue())
                            .build())
                    .build());
        }
    }
}
