package dev.samepage.agent;

import dev.samepage.api.Conditions;
import dev.samepage.api.KernelStatus;
import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.LapStatus;
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
import java.util.Optional;
import java.util.OptionalDouble;
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

    /** What was measured, with what the agent keeps between samples. */
    record Measured(Sample sample, OptionalDouble ksmdPercent, Verdict verdict, Optional<Progress> progress) {
        /** In a mode that has no phases. */
        Measured(Sample sample, OptionalDouble ksmdPercent, Verdict verdict) {
            this(sample, ksmdPercent, verdict, Optional.empty());
        }
    }

    /**
     * The status.
     *
     * @param measured empty where KSM cannot be read on this node
     * @param generation of the KsmNode that was acted on
     * @param previous its conditions keep their time of transition while they do not change
     */
    KsmNodeStatus of(
            Standing standing,
            Optional<Measured> measured,
            Instant now,
            @Nullable Long generation,
            @Nullable KsmNodeStatus previous) {
        Sample sample = measured.map(Measured::sample).orElse(null);
        // Where something was refused, that is what a person needs to know; and both would make the object too large.
        Optional<Progress> progress =
                standing.state() == State.APPLIED ? measured.flatMap(Measured::progress) : Optional.empty();
        return new KsmNodeStatus(
                generation,
                standing.state(),
                shortened(standing.message()),
                standing.hash(),
                kernelStatus(sample),
                sample == null ? Map.of() : settings(sample.knobs()),
                sample == null ? null : counters(sample.counters()),
                sample == null ? null : memory(sample),
                measured.map(Measured::ksmdPercent)
                        .filter(OptionalDouble::isPresent)
                        .map(percent -> new KsmdStatus(String.format(Locale.ROOT, "%.1f", percent.getAsDouble())))
                        .orElse(null),
                progress.map(Progress::phase).orElse(null),
                progress.map(Progress::reason).map(StatusReport::shortened).orElse(null),
                progress.map(StatusReport::lap).orElse(null),
                measured.map(Measured::verdict).orElse(null),
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

    private static @Nullable LapStatus lap(Progress progress) {
        return progress.lapPercent().isPresent()
                ? new LapStatus(progress.lapPercent().getAsInt())
                : null;
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
        String message = standing.rival().isPresent() ? "Condition Contended says why." : shortened(standing.message());
        Optional<String> hindrance = switch (standing.state()) {
            case APPLYING -> Optional.of("Reconciling");
            case FAILED, CONTENDED -> Optional.of("Stalled");
            case OBSERVING, APPLIED, RESTORED -> Optional.empty();
        };
        var conditions = new Conditions(now, generation, previous == null ? List.of() : previous.conditions())
                .with("Ready", hindrance.isEmpty(), reason, message)
                .with(
                        "Degraded",
                        standing.degraded().isPresent(),
                        standing.degraded().isPresent() ? "KnobMissing" : "Complete",
                        shortened(standing.degraded()
                                .orElse("Everything that was asked for can be had on this kernel.")));
        hindrance.ifPresent(type -> conditions.with(type, true, reason, message));
        standing.rival().ifPresent(rival -> conditions.with("Contended", true, rival, shortened(standing.message())));
        return conditions.list();
    }

    /** On one line: parts of a message can come from others. */
    static String shortened(String message) {
        String line = Text.line(message);
        if (line.length() <= MAX_MESSAGE) {
            return line;
        }
        int end = MAX_MESSAGE - 1;
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
