package dev.samepage.agent;

import dev.samepage.agent.Activity.Aim;
import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.Phase;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Text;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The last round of the agent as Prometheus metrics: of the node as {@code samepage_node_…}, of itself as {@code samepage_agent_…} and
 * {@code process_…}. What the kernel lacks is left out rather than shown as 0. No label has more values than there are states, phases,
 * verdicts or knobs; guests are not told apart, because they come and go and every one would leave series behind.
 */
public final class NodeMetrics {
    private static final double NANOS = 1e9;

    private final HostProc proc;
    private final Activity activity;
    private final String version;
    private final OwnProcess own;

    /**
     * Metrics beside a loop.
     *
     * @param proc not the loop's own
     * @param ownProc the /proc that the agent itself is in, which need not be the host's
     * @param activity of the agent whose metrics these are
     * @param version of Samepage
     */
    public NodeMetrics(HostProc proc, Path ownProc, Activity activity, String version) {
        this.proc = proc;
        this.activity = activity;
        this.version = version;
        own = new OwnProcess(ownProc, proc.pageSizeBytes());
    }

    /** Many may ask at once; what reads /proc is for one at a time. */
    synchronized MetricSnapshots of(@Nullable KsmNodeStatus status) {
        Exposition exposition = new Exposition();
        node(exposition, status);
        agent(exposition, status);
        return exposition.snapshots();
    }

    private void node(Exposition exposition, @Nullable KsmNodeStatus status) {
        OptionalLong cpu = proc.ksmdCpuNanos();
        if (cpu.isPresent()) {
            exposition.counter(
                    "samepage_node_ksmd_cpu_seconds",
                    "CPU time of the kernel's ksmd thread since boot.",
                    cpu.getAsLong() / NANOS);
        }
        OptionalLong copied = proc.cowKsm();
        if (copied.isPresent()) {
            exposition.counter(
                    "samepage_node_pages_copied",
                    "Merged pages since boot that a guest wrote to, and got for itself again.",
                    (double) copied.getAsLong());
        }
        if (status != null) {
            memory(exposition, status.memory());
            counters(exposition, status.counters());
            standing(exposition, status);
            settings(exposition, status);
        }
    }

    private static void memory(Exposition exposition, @Nullable MemoryStatus memory) {
        if (memory == null) {
            return;
        }
        exposition.gauge("samepage_node_saved_bytes", "Memory saved by merging.", memory.savedBytes());
        exposition.gauge(
                "samepage_node_profit_bytes",
                "Memory saved less what the kernel needs to keep track of it; negative where KSM is a loss.",
                memory.profitBytes());
        exposition.gauge("samepage_node_memory_bytes", "Memory of the node.", memory.totalBytes());
        exposition.gauge(
                "samepage_node_memory_available_bytes",
                "Memory that programs on the node could still get.",
                memory.availableBytes());
    }

    private static void counters(Exposition exposition, @Nullable KsmCounters counters) {
        if (counters == null) {
            return;
        }
        Map<String, @Nullable Long> pages = new LinkedHashMap<>();
        pages.put("shared", counters.pagesShared());
        pages.put("sharing", counters.pagesSharing());
        pages.put("unshared", counters.pagesUnshared());
        pages.put("volatile", counters.pagesVolatile());
        pages.put("zero", counters.zeroPages());
        exposition.gauges(
                "samepage_node_pages",
                "Pages by what ksmd made of them: shared are in use and hold merged content, sharing and zero need no"
                        + " memory any more, unshared have no equal, volatile change too often.",
                "kind",
                pages);
        exposition.counter(
                "samepage_node_pages_scanned", "Pages that ksmd looked at since boot.", counters.pagesScanned());
        exposition.counter(
                "samepage_node_pages_skipped",
                "Pages that ksmd passed over since boot, because of smart_scan.",
                counters.pagesSkipped());
        exposition.counter(
                "samepage_node_laps",
                "Laps of ksmd over all mergeable memory since boot or the last un-merge.",
                counters.fullScans());
        exposition.gauge(
                "samepage_node_stable_node_chains", "Chains of very widely shared pages.", counters.stableNodeChains());
        exposition.gauge("samepage_node_stable_node_dups", "Copies kept in those chains.", counters.stableNodeDups());
    }

    private void standing(Exposition exposition, KsmNodeStatus status) {
        exposition.gauge(
                "samepage_node_guests", "Processes on the node that offer memory for merging.", status.guests());
        exposition.stateSet(
                "samepage_node_state",
                "1 for where the node stands with what it was told, 0 for the others.",
                "state",
                Arrays.asList(State.values()),
                status.state());
        exposition.stateSet(
                "samepage_node_phase",
                "1 for what Adaptive does on the node, 0 for the others; 0 for all in another mode.",
                "phase",
                Arrays.asList(Phase.values()),
                status.phase());
        exposition.stateSet(
                "samepage_node_verdict",
                "1 for the verdict on merging on this node, 0 for the others.",
                "verdict",
                Arrays.asList(Verdict.values()),
                status.verdict());
        boolean degraded = status.conditions().stream()
                .anyMatch(c -> "Degraded".equals(c.getType()) && "True".equals(c.getStatus()));
        exposition.gauge(
                "samepage_node_degraded",
                "1 where the policy asks for something that this kernel lacks, else 0.",
                degraded ? 1 : 0);
        if (status.kernel() != null) {
            exposition.info(
                    "samepage_node_kernel",
                    "The node's kernel.",
                    "release",
                    Objects.requireNonNullElse(status.kernel().release(), HostProc.UNKNOWN));
        }
        activity.aim().ifPresent(aim -> {
            exposition.info(
                    "samepage_node_policy",
                    "The policy that covers the node; empty for none.",
                    "policy",
                    Text.line(aim.policy()));
            exposition.gauge(
                    "samepage_node_unmerge_refused",
                    "1 while memory should be un-merged and is not: the node would run out of memory, a guest would exceed its limit,"
                            + " or it did not end. Else 0.",
                    aim.unmergeRefused() ? 1 : 0);
        });
    }

    private void settings(Exposition exposition, KsmNodeStatus status) {
        Map<String, @Nullable Long> inForce = new LinkedHashMap<>();
        Map<String, @Nullable Long> wanted = new LinkedHashMap<>();
        Map<Knob, Long> aimedAt = activity.aim().map(Aim::wanted).orElse(Map.of());
        for (Knob knob : Knob.values()) {
            String text = status.settings().get(knob.file());
            OptionalLong value = text == null ? OptionalLong.empty() : knob.parse(text);
            inForce.put(knob.file(), value.isPresent() ? value.getAsLong() : null);
            wanted.put(knob.file(), aimedAt.get(knob));
        }
        exposition.gauges(
                "samepage_node_setting",
                "The kernel's KSM settings under its own names and in its own units; advisor_mode is 0 for none and 1 for"
                        + " scan-time.",
                "setting",
                inForce);
        exposition.gauges(
                "samepage_node_setting_wanted",
                "What each setting is to be: another value than samepage_node_setting's where a write was refused or waits"
                        + " for its next try.",
                "setting",
                wanted);
    }

    private void agent(Exposition exposition, @Nullable KsmNodeStatus status) {
        exposition.info("samepage_agent_build", "The agent's version.", "version", version);
        for (Deed deed : Deed.values()) {
            exposition.counter(deed.metric(), deed.help(), (double) activity.counted(deed));
        }
        activity.lastRound()
                .ifPresent(time -> exposition.gauge(
                        "samepage_agent_round_duration_seconds", "How long the last round took.", seconds(time)));
        if (status != null && status.sampleTime() != null) {
            exposition.gauge(
                    "samepage_agent_last_round_timestamp_seconds",
                    "When the last round ended, in seconds since 1970.",
                    Instant.parse(status.sampleTime()).getEpochSecond());
        }
        own.cpu()
                .ifPresent(time -> exposition.counter(
                        "process_cpu_seconds", "CPU time of the agent since its start.", seconds(time)));
        own.started()
                .ifPresent(at -> exposition.gauge(
                        "process_start_time_seconds",
                        "When the agent was started, in seconds since 1970.",
                        at.toEpochMilli() / 1e3));
        OptionalLong resident = own.residentBytes();
        if (resident.isPresent()) {
            exposition.gauge("process_resident_memory_bytes", "Resident memory of the agent.", resident.getAsLong());
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }
}
