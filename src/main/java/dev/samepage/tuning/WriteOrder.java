package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order in which knobs can be written so that the kernel takes each one, and no step in between does harm: the advisor's mode
 * before {@code pages_to_scan}, which it blocks and resets; never 0 pages with 0 sleep on the way; starting ksmd last, stopping it
 * first.
 */
public final class WriteOrder {
    /** A change of these is refused (EBUSY) while any page is merged. */
    public static final Set<Knob> NEED_UNMERGED = Set.of(Knob.MERGE_ACROSS_NODES, Knob.MAX_PAGE_SHARING);

    /**
     * Safe wherever {@code sleep_millisecs} ends above 0; otherwise that comes last. Before the advisor's mode, because the advisor may
     * begin with 0 pages.
     */
    private static final List<Knob> ORDER = List.of(
            Knob.REDHAT_ONLY_ZERO_PAGES,
            Knob.MERGE_ACROSS_NODES,
            Knob.MAX_PAGE_SHARING,
            Knob.USE_ZERO_PAGES,
            Knob.SMART_SCAN,
            Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS,
            Knob.SLEEP_MILLISECS,
            Knob.ADVISOR_TARGET_SCAN_TIME,
            Knob.ADVISOR_MAX_CPU,
            Knob.ADVISOR_MIN_PAGES_TO_SCAN,
            Knob.ADVISOR_MAX_PAGES_TO_SCAN,
            Knob.ADVISOR_MODE,
            Knob.PAGES_TO_SCAN);

    private WriteOrder() {}

    /** One write. */
    public record Step(Knob knob, long value) {}

    /** The steps from {@code current} to {@code wanted}; empty where nothing differs. */
    public static List<Step> toReach(Map<Knob, Long> wanted, Map<Knob, Long> current) {
        List<Step> steps = settings(wanted, current);
        Long run = wanted.get(Knob.RUN);
        if (run != null && !run.equals(current.get(Knob.RUN))) {
            steps.add(run == 0 ? 0 : steps.size(), new Step(Knob.RUN, run));
        }
        return List.copyOf(steps);
    }

    /** As {@link #toReach}, but with ksmd standing still meanwhile: for putting back what somebody else had set. */
    public static List<Step> toRestore(Map<Knob, Long> originals, Map<Knob, Long> current) {
        List<Step> steps = settings(originals, current);
        long now = current.getOrDefault(Knob.RUN, 0L);
        long run = originals.getOrDefault(Knob.RUN, now);
        boolean stop = now != 0 && (run == 0 || !steps.isEmpty());
        if (stop) {
            steps.addFirst(new Step(Knob.RUN, 0));
        }
        if (run != 0 && (stop || run != now)) {
            steps.add(new Step(Knob.RUN, run));
        }
        return List.copyOf(steps);
    }

    private static List<Step> settings(Map<Knob, Long> wanted, Map<Knob, Long> current) {
        long advisorNow = current.getOrDefault(Knob.ADVISOR_MODE, 0L);
        long advisorThen = wanted.getOrDefault(Knob.ADVISOR_MODE, advisorNow);
        List<Step> steps = new ArrayList<>();
        for (Knob knob : ordered(wanted)) {
            Long value = wanted.get(knob);
            if (value == null || !current.containsKey(knob)) {
                continue;
            }
            if (knob == Knob.PAGES_TO_SCAN) {
                boolean reset = advisorNow != advisorThen;
                if (advisorThen == 0 && (reset || !value.equals(current.get(knob)))) {
                    steps.add(new Step(knob, value));
                }
            } else if (!value.equals(current.get(knob))) {
                steps.add(new Step(knob, value));
            }
        }
        return steps;
    }

    private static List<Knob> ordered(Map<Knob, Long> wanted) {
        if (wanted.getOrDefault(Knob.SLEEP_MILLISECS, 1L) > 0) {
            return ORDER;
        }
        List<Knob> sleepLast = new ArrayList<>(ORDER);
        sleepLast.remove(Knob.SLEEP_MILLISECS);
        sleepLast.add(Knob.SLEEP_MILLISECS);
        return sleepLast;
    }
}
