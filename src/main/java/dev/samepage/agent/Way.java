package dev.samepage.agent;

import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.MemoryCheck;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.tuning.WriteOrder;
import dev.samepage.tuning.WriteOrder.Step;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way to where the knobs are wanted, by un-merging where that is needed, allowed and possible. Pure.
 *
 * @param actions in this order; where there is a refusal, those that do not need memory un-merged
 * @param refusal why memory that should be un-merged on the way is not, as a sentence; null where all is well
 */
record Way(List<? extends Action> actions, @Nullable String refusal) {
    /** In which steps the kernel takes what is wanted: {@link WriteOrder}. */
    interface Order {
        List<Step> steps(Map<Knob, Long> wanted, Map<Knob, Long> current);
    }

    /**
     * Finds it.
     *
     * @param unmerged whether nothing may stay merged in the end
     * @param unmerge whether un-merging is allowed where a knob needs it and there are guests
     * @param heldBack why it is not to be done now, as a sentence; null where it may be
     */
    static Way to(
            Map<Knob, Long> wanted,
            boolean unmerged,
            Unmerge unmerge,
            Sample sample,
            Kernel kernel,
            @Nullable String heldBack,
            Order order) {
        boolean blocked = sample.merged() && changesWhatNeedsUnmerged(wanted, sample.knobs());
        // What nobody has any more costs nothing to give back, and is counted until somebody does: with run=0 nobody
        // would.
        boolean mayUnmerge = unmerge.allowed() || sample.guestsGone();
        boolean needed = (unmerged && sample.saves()) || (blocked && mayUnmerge);
        if (!needed) {
            return new Way(sets(order.steps(wanted, sample.knobs())), null);
        }
        MemoryCheck check = MemoryCheck.of(
                sample.counters(),
                sample.guestsGone(),
                sample.memory(),
                kernel.pageSizeBytes(),
                unmerge.reservePercent());
        String refusal = heldBack != null
                ? heldBack
                : check.enough()
                        ? null
                        : Refusals.describe(new UnmergeResult.TooLittle(check.shortage(), check.advice()));
        if (refusal != null) {
            Map<Knob, Long> rest = new EnumMap<>(wanted);
            if (sample.merged()) {
                rest.keySet().removeAll(WriteOrder.NEED_UNMERGED);
            }
            return new Way(sets(order.steps(rest, sample.knobs())), refusal);
        }
        List<Action.Set> then = sets(order.steps(wanted, whenUnmerged(sample.knobs())));
        return new Way(
                List.of(new Action.Unmerge(check.neededBytes(), unmerge.reservePercent(), !unmerge.allowed(), then)),
                null);
    }

    /** These steps as actions. */
    static List<Action.Set> sets(List<Step> steps) {
        return steps.stream()
                .map(step -> new Action.Set(step.knob(), step.value()))
                .toList();
    }

    /** Whether the wanted values differ in a knob that the kernel only takes while nothing is merged. */
    private static boolean changesWhatNeedsUnmerged(Map<Knob, Long> wanted, Map<Knob, Long> current) {
        return WriteOrder.NEED_UNMERGED.stream()
                .anyMatch(knob -> current.containsKey(knob)
                        && wanted.containsKey(knob)
                        && !wanted.get(knob).equals(current.get(knob)));
    }

    /** What the knobs will be after un-merging, which leaves 2 in {@code run}. */
    private static Map<Knob, Long> whenUnmerged(Map<Knob, Long> knobs) {
        Map<Knob, Long> then = new EnumMap<>(knobs);
        then.put(Knob.RUN, 2L);
        return then;
    }
}
