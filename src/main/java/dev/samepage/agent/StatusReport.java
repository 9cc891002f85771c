package dev.samepage.agent;

import dev.samepage.api.Conditions;
import dev.samepage.api.KernelStatus;
import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Text;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds what the agent says in its KsmNode. Under 4,000 bytes together with the rest of the object, whatever the node is like. */
final class StatusReport {
    /** The longest message, in characters. */
    static final int MAX_MESSAGE = 256;

    private final Kernel kernel;

    StatusReport(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * What was measured, with what the agent keeps between samples.
     *
     * @param ksmdPercent CPU of ksmd over the last minute, in per cent of one core; null where it is not known
     * @param progress of Adaptive; null in a mode that has no phases
     */
    record Measured(
            Sample sample,
            @Nullable Double ksmdPercent,
            Verdict verdict,
            @Nullable Progress progress) {
        Measured with(@Nullable Progress newer) {
            return new Measured(sample, ksmdPercent, verdict, newer);
        }
    }

    /**
     * The status.
     *
     * @param measured null where KSM cannot be read on this node
     * @param generation of the KsmNode that was acted on
     * @param previous its conditions keep their time of transition while they do not change
     */
    KsmNodeStatus of(
            Standing standing,
            @Nullable Measured measured,
            Instant now,
            @Nullable Long generation,
            @Nullable KsmNodeStatus previous) {
        Sample sample = measured == null ? null : measured.sample();
        // Where something was refused, that is what a person needs to know; and both would make the object too large.
        Progress progress = measured == null || standing.state() != State.APPLIED ? null : measured.progress();
        return new KsmNodeStatus(
                generation,
                standing.state(),
                shortened(standing.message()),
                standing.hash(),
                kernelStatus(sample),
                sample == null ? Map.of() : settings(sample.knobs()),
                sample == null ? null : counters(sample.counters()),
                sample == null ? null : memory(sample),
                measured == null ? null : ksmd(measured.ksmdPercent()),
                progress == null ? null : progress.phase(),
                progress == null ? null : shortened(progress.reason()),
                progress == null ? null : progress.lap(),
                measured == null ? null : measured.verdict(),
                sample == null ? null : sample.guests().size(),
                now.truncatedTo(ChronoUnit.SECONDS).toString(),
                conditions(standing, now, generation, previous));
    }

    private KernelStatus kernelStatus(@Nullable Sample sample) {
        List<String> missing = sample == null
                ? List.of()
                : Arrays.stream(Knob.values())
                        .filter(knob -> knob != Knob.REDHAT_ONLY_ZERO_PAGES)
                        .filter(knob -> !sample.knobs().containsKey(knob))
                        .map(Knob::file)
                        .toList();
        return new KernelStatus(kernel.release(), kernel.bootId(), kernel.pageSizeBytes(), missing);
    }

    private static Map<String, String> settings(Map<Knob, Long> knobs) {
        Map<String, String> settings = new TreeMap<>();
        knobs.forEach((knob, value) -> settings.put(knob.file(), knob.text(value)));
        return settings;
    }

    private static KsmCounters counters(Counters counters) {
        return new KsmCounters(
                value(counters, Counter.PAGES_SHARED),
                value(counters, Counter.PAGES_SHARING),
                value(counters, Counter.PAGES_UNSHARED),
                value(counters, Counter.PAGES_VOLATILE),
                value(counters, Counter.KSM_ZERO_PAGES),
                value(counters, Counter.PAGES_SCANNED),
                value(counters, Counter.PAGES_SKIPPED),
                value(counters, Counter.FULL_SCANS),
                value(counters, Counter.STABLE_NODE_CHAINS),
                value(counters, Counter.STABLE_NODE_DUPS));
    }

    private static @Nullable Long value(Counters counters, Counter counter) {
        OptionalLong value = counters.get(counter);
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static @Nullable KsmdStatus ksmd(@Nullable Double percent) {
        return percent == null ? null : new KsmdStatus(String.format(Locale.ROOT, "%.1f", percent));
    }

    private MemoryStatus memory(Sample sample) {
        return MemoryStatus.of(
                sample.counters().savedBytes(kernel.pageSizeBytes()),
                sample.counters().profitBytes(kernel.pageSizeBytes()),
                sample.memory().totalBytes(),
                sample.memory().availableBytes());
    }

    /** Ready and Degraded always; what kstatus takes for a failure or for progress only while it is so. */
    private static List<Condition> conditions(
            Standing standing, Instant now, @Nullable Long generation, @Nullable KsmNodeStatus previous) {
        String reason = standing.state().toString();
        // Said once: three times would make the object too large.
        String message = standing.rival() != null ? "Condition Contended says why." : shortened(standing.message());
        Optional<String> hindrance = switch (standing.state()) {
            case APPLYING -> Optional.of("Reconciling");
            case FAILED, CONTENDED -> Optional.of("Stalled");
            case OBSERVING, APPLIED, RESTORED -> Optional.empty();
        };
        var conditions = new Conditions(now, generation, previous == null ? List.of() : previous.conditions())
                .with("Ready", hindrance.isEmpty(), reason, message)
                .with(
                        "Degraded",
                        standing.degraded() != null,
                        standing.degraded() != null ? "KnobMissing" : "Complete",
                        shortened(Objects.requireNonNullElse(
                                standing.degraded(), "Everything that was asked for can be had on this kernel.")));
        hindrance.ifPresent(type -> conditions.with(type, true, reason, message));
        if (standing.rival() != null) {
            conditions.with("Contended", true, standing.rival(), shortened(standing.message()));
        }
        return conditions.list();
    }

    /** On one line: parts of a message can come from others. Of a long one the middle is left out, since what to do stands at its end. */
    static String shortened(String message) {
        String line = Text.line(message);
        if (line.length() <= MAX_MESSAGE) {
            return line;
        }
        int head = MAX_MESSAGE / 2 - 1;
        int tail = line.length() - MAX_MESSAGE / 2;
        return line.substring(0, Character.isHighSurrogate(line.charAt(head - 1)) ? head - 1 : head)
                + "…"
                + line.substring(Character.isLowSurrogate(line.charAt(tail)) ? tail + 1 : tail);
    }
}
