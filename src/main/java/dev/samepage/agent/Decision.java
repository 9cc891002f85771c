package dev.samepage.agent;

import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.MemoryCheck;
import dev.samepage.kernel.Unmerge;
import dev.samepage.tuning.Target;
import dev.samepage.tuning.Tuning;
import dev.samepage.tuning.WriteOrder;
import dev.samepage.tuning.WriteOrder.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to do about a node now, and what it amounts to. Pure: the same assignment, sample and originals give the same decision.
 *
 * @param actions in this order; empty when nothing is to be done
 * @param state where the node stands once the actions have succeeded
 * @param message what to say then, for a person
 * @param degraded what was asked for and cannot be had on this kernel; empty when nothing
 */
public record Decision(List<Action> actions, State state, String message, Optional<String> degraded) {
    public Decision {
        actions = List.copyOf(actions);
    }

    /**
     * Decides.
     *
     * @param originals what the node was like before the first write; empty if nothing was written yet
     */
    public static Decision of(Assignment assignment, Sample sample, Optional<Originals> originals, Kernel kernel) {
        return switch (assignment) {
            case Assignment.None() -> nothing(State.OBSERVING, "No KsmNode names this node: nothing is changed.");
            case Assignment.NotUnderstood unknown ->
                nothing(
                        State.FAILED,
                        "The operator asks for a mode that this agent does not know: nothing is changed. Bring both to the"
                                + " same version.");
            case Assignment.Covered covered
            when covered.tuning() instanceof Tuning.Observe -> observe(sample, originals);
            case Assignment.Covered covered -> tune(covered, sample, originals, kernel);
            case Assignment.Released released -> release(released, sample, originals, kernel);
        };
    }

    private static Decision nothing(State state, String message) {
        return new Decision(List.of(), state, message, Optional.empty());
    }

    private static Decision observe(Sample sample, Optional<Originals> originals) {
        List<Action> actions = new ArrayList<>();
        originals.ifPresent(found -> {
            addAll(actions, WriteOrder.toRestore(found.toRestore(), sample.knobs()));
            actions.add(new Action.Release());
        });
        return new Decision(
                actions, State.OBSERVING, "The policy only wants reports: nothing is changed.", Optional.empty());
    }

    private static Decision tune(
            Assignment.Covered covered, Sample sample, Optional<Originals> originals, Kernel kernel) {
        Target target =
                Target.of(covered.tuning(), covered.tunables(), sample.knobs().keySet());
        boolean blocked = sample.merged() && changes(target.knobs(), sample.knobs());
        boolean unmerge = sample.merged()
                && (target.unmerged() || (blocked && covered.unmerge().allowed()));
        MemoryCheck check = memory(sample, covered.unmerge(), kernel);

        List<Action> actions = new ArrayList<>();
        if (unmerge && check.enough()) {
            addUnmerge(actions, sample, check);
            addAll(actions, WriteOrder.toReach(target.knobs(), whenUnmerged(sample.knobs())));
        } else {
            addAll(actions, WriteOrder.toReach(target.knobs(), sample.knobs()));
        }
        if (writesUnsaved(actions, originals)) {
            actions.addFirst(new Action.SaveOriginals());
        }
        if (unmerge && !check.enough()) {
            return new Decision(actions, State.FAILED, tooLittle(check), Optional.empty());
        }
        if (target.refusal().isPresent()) {
            return new Decision(actions, State.FAILED, target.refusal().orElseThrow(), Optional.empty());
        }
        return new Decision(actions, State.APPLIED, applied(covered.tuning()), missing(target, kernel));
    }

    private static Decision release(
            Assignment.Released released, Sample sample, Optional<Originals> originals, Kernel kernel) {
        if (originals.isEmpty()) {
            return nothing(State.RESTORED, "Nothing that Samepage changed is left on this node.");
        }
        if (released.onRemoval() == OnRemoval.KEEP) {
            return new Decision(
                    List.of(new Action.Release()),
                    State.RESTORED,
                    "The settings stay as they are, as the policy asked (onRemoval: Keep).",
                    Optional.empty());
        }
        Map<Knob, Long> found = originals.orElseThrow().toRestore();
        boolean blocked = sample.merged() && changes(found, sample.knobs());
        boolean asked = released.onRemoval() == OnRemoval.RESTORE_AND_UNMERGE
                || (blocked && released.unmerge().allowed());
        boolean unmerge = sample.merged() && asked;
        MemoryCheck check = memory(sample, released.unmerge(), kernel);

        List<Action> actions = new ArrayList<>();
        if (unmerge && check.enough()) {
            addUnmerge(actions, sample, check);
            addAll(actions, WriteOrder.toRestore(found, whenUnmerged(sample.knobs())));
        } else {
            addAll(actions, WriteOrder.toRestore(found, sample.knobs()));
        }
        if (unmerge && !check.enough()) {
            return new Decision(actions, State.FAILED, tooLittle(check), Optional.empty());
        }
        actions.add(new Action.Release());
        return new Decision(actions, State.RESTORED, "Every setting is as it was found.", Optional.empty());
    }

    /** Whether the wanted values differ in a knob that the kernel only takes while nothing is merged. */
    private static boolean changes(Map<Knob, Long> wanted, Map<Knob, Long> current) {
        return WriteOrder.NEED_UNMERGED.stream()
                .anyMatch(knob -> current.containsKey(knob)
                        && wanted.containsKey(knob)
                        && !wanted.get(knob).equals(current.get(knob)));
    }

    private static MemoryCheck memory(Sample sample, dev.samepage.api.Unmerge unmerge, Kernel kernel) {
        return Unmerge.check(sample.counters(), sample.memory(), kernel.pageSizeBytes(), unmerge.reservePercent());
    }

    private static void addUnmerge(List<Action> actions, Sample sample, MemoryCheck check) {
        if (sample.knobs().getOrDefault(Knob.RUN, 0L) == 1) {
            actions.add(new Action.Set(Knob.RUN, 0));
        }
        actions.add(new Action.Unmerge(check.neededBytes()));
    }

    /** What the knobs will be after un-merging, which leaves 2 in {@code run}. */
    private static Map<Knob, Long> whenUnmerged(Map<Knob, Long> knobs) {
        Map<Knob, Long> then = new EnumMap<>(knobs);
        then.put(Knob.RUN, 2L);
        return then;
    }

    /** Whether a knob is to be written whose original is not safe yet. */
    private static boolean writesUnsaved(List<Action> actions, Optional<Originals> originals) {
        Map<Knob, Long> saved = originals.map(Originals::knobs).orElse(Map.of());
        return actions.stream()
                .anyMatch(action -> action instanceof Action.Set(Knob knob, long value) && !saved.containsKey(knob));
    }

    private static void addAll(List<Action> actions, List<Step> steps) {
        steps.forEach(step -> actions.add(new Action.Set(step.knob(), step.value())));
    }

    private static Optional<String> missing(Target target, Kernel kernel) {
        if (target.missing().isEmpty()) {
            return Optional.empty();
        }
        List<String> names = target.missing().stream().map(Knob::file).toList();
        return Optional.of(
                "This kernel (" + kernel.release() + ") has no " + String.join(", ", names) + "; the rest is applied.");
    }

    private static String applied(Tuning tuning) {
        return switch (tuning) {
            case Tuning.Observe() -> "Nothing is changed.";
            case Tuning.Stopped() -> "ksmd stands still; merged pages stay merged.";
            case Tuning.Unmerged() -> "ksmd stands still and nothing is merged.";
            case Tuning.Fixed(long pages, long sleep) -> "ksmd looks at " + pages + " pages every " + sleep + " ms.";
            case Tuning.KernelAdvisor(long seconds, long cpu, long min, long max) ->
                "The kernel's advisor runs ksmd: a lap in " + seconds + " s, at most " + cpu + " % of a core.";
        };
    }

    private static String tooLittle(MemoryCheck check) {
        return "Un-merging refused: it takes " + mib(check.neededBytes()) + " MiB, and of "
                + mib(check.availableBytes()) + " MiB available " + mib(check.reserveBytes())
                + " MiB are the reserve. Free memory, move a guest away, or lower unmerge.reservePercent.";
    }

    private static long mib(long bytes) {
        return bytes >> 20;
    }
}
