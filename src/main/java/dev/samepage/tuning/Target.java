package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the knobs of one kernel are to stand.
 *
 * @param knobs the wanted values; a knob that is not named is left alone
 * @param missing knobs that were asked for and that this kernel lacks, where it behaves differently without them
 * @param unmerged whether nothing may stay merged
 * @param refusal why scanning must not be started on this kernel, as a sentence, and {@code knobs} then only stops it; null where it may be
 */
public record Target(
        Map<Knob, Long> knobs,
        List<Knob> missing,
        boolean unmerged,
        @Nullable String refusal) {
    /** How a kernel behaves that lacks a knob. Asking for just this is no loss. */
    private static final Map<Knob, Long> BEHAVIOUR_WITHOUT = Map.of(
            Knob.SMART_SCAN, 0L, Knob.USE_ZERO_PAGES, 0L, Knob.REDHAT_ONLY_ZERO_PAGES, 0L, Knob.MERGE_ACROSS_NODES, 1L);

    /** What Adaptive turns from moment to moment; no target says where they stand. */
    public static final Set<Knob> LEFT_TO_ADAPTIVE =
            Set.of(Knob.RUN, Knob.PAGES_TO_SCAN, Knob.SLEEP_MILLISECS, Knob.SMART_SCAN);

    public Target {
        knobs = Collections.unmodifiableMap(new EnumMap<>(knobs));
        missing = List.copyOf(missing);
    }

    /**
     * The target of a tuning on a kernel that has these knobs.
     *
     * @param tunables knobs that are wanted beside those of the tuning itself
     */
    public static Target of(Tuning tuning, Map<Knob, Long> tunables, Set<Knob> available) {
        if (tunables.getOrDefault(Knob.REDHAT_ONLY_ZERO_PAGES, 0L) == 1
                && !available.contains(Knob.REDHAT_ONLY_ZERO_PAGES)) {
            return new Target(
                    Map.of(Knob.RUN, 0L),
                    List.of(Knob.REDHAT_ONLY_ZERO_PAGES),
                    tuning instanceof Tuning.Unmerged,
                    "zeroPagesOnly: true cannot be had, because this kernel has no redhat_only_zero_pages and would"
                            + " merge everything: nothing is scanned. Remove the tunable, or use a kernel that has it.");
        }
        Map<Knob, Long> wanted = new EnumMap<>(Knob.class);
        wanted.putAll(tunables);
        wanted.putAll(ofMode(tuning, available));
        if (tuning instanceof Tuning.Adaptive) {
            wanted.keySet().removeAll(LEFT_TO_ADAPTIVE);
        }
        List<Knob> missing = new ArrayList<>();
        wanted.forEach((knob, value) -> {
            if (!available.contains(knob) && !value.equals(BEHAVIOUR_WITHOUT.get(knob))) {
                missing.add(knob);
            }
        });
        wanted.keySet().retainAll(available);
        return new Target(wanted, missing, tuning instanceof Tuning.Unmerged, null);
    }

    private static Map<Knob, Long> ofMode(Tuning tuning, Set<Knob> available) {
        return switch (tuning) {
            case Tuning.Observe() -> Map.of();
            case Tuning.Stopped(), Tuning.Unmerged() -> Map.of(Knob.RUN, 0L);
            case Tuning.Fixed(long pagesToScan, long sleepMillis) -> {
                Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
                knobs.put(Knob.PAGES_TO_SCAN, pagesToScan);
                knobs.put(Knob.SLEEP_MILLISECS, sleepMillis);
                knobs.put(Knob.RUN, 1L);
                knobs.putAll(withoutAdvisor(available));
                yield knobs;
            }
            case Tuning.Adaptive adaptive -> withoutAdvisor(available);
            case Tuning.KernelAdvisor(long target, long maxCpu, long minPages, long maxPages) ->
                Map.of(
                        Knob.ADVISOR_TARGET_SCAN_TIME, target,
                        Knob.ADVISOR_MAX_CPU, maxCpu,
                        Knob.ADVISOR_MIN_PAGES_TO_SCAN, minPages,
                        Knob.ADVISOR_MAX_PAGES_TO_SCAN, maxPages,
                        Knob.ADVISOR_MODE, 1L,
                        Knob.RUN, 1L);
        };
    }

    private static Map<Knob, Long> withoutAdvisor(Set<Knob> available) {
        return available.contains(Knob.ADVISOR_MODE) ? Map.of(Knob.ADVISOR_MODE, 0L) : Map.of();
    }
}
