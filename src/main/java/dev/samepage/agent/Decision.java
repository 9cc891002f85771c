package dev.samepage.agent;

import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Target;
import dev.samepage.tuning.Tuning;
import dev.samepage.tuning.WriteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a node now, and what it amounts to. Pure: the same assignment, sample and originals give the same decision.
 *
 * @param actions in this order; empty when nothing is to be done
 * @param state where the node stands once the actions have succeeded
 * @param message what to say then, for a person
 * @param degraded what was asked for and cannot be had on this kernel; null where all can
 * @param unmergeRefused whether memory should be un-merged and is not
 */
public record Decision(
        List<Action> actions,
        State state,
        String message,
        @Nullable String degraded,
        boolean unmergeRefused) {
    private static final String UNKNOWN_MODE = "The operator asks for a mode that this agent does not know: ";
    private static final String SAME_VERSION = " Bring both to the same version.";
    private static final String KEPT = "The settings stay as they are, as the policy asked (onRemoval: Keep).";
    private static final String IN_PART =
            "What is known of how this node was found is put back; where it is lost, ksmd stands still and all else stays as it is.";

    public Decision {
        actions = List.copyOf(actions);
    }

    private Decision(List<Action> actions, State state, String message) {
        this(actions, state, message, null, false);
    }

    /** Every knob as it is once the actions have succeeded, where it is {@code current} before. */
    Map<Knob, Long> wanted(Map<Knob, Long> current) {
        Map<Knob, Long> wanted = new EnumMap<>(Knob.class);
        wanted.putAll(current);
        for (Action action : actions) {
            switch (action) {
                case Action.Set(Knob knob, long value) -> wanted.put(knob, value);
                case Action.Unmerge unmerge -> {
                    wanted.put(Knob.RUN, 2L);
                    unmerge.then().forEach(setting -> wanted.put(setting.knob(), setting.value()));
                }
                case Action.Release release -> {}
            }
        }
        return wanted;
    }

    /** Those of them that differ from {@code current}: what is only set on the way, as ksmd is stopped and started, is not among them. */
    Map<Knob, Long> changes(Map<Knob, Long> current) {
        Map<Knob, Long> changes = wanted(current);
        changes.entrySet().removeIf(change -> change.getValue().equals(current.get(change.getKey())));
        return changes;
    }

    /** Every setting that the actions make, in this order. */
    static Stream<Action.Set> settings(List<Action> actions) {
        return actions.stream().flatMap(action -> switch (action) {
            case Action.Set setting -> Stream.of(setting);
            case Action.Unmerge unmerge -> unmerge.then().stream();
            case Action.Release _ -> Stream.empty();
        });
    }

    /**
     * Decides.
     *
     * @param originals how the node was found; null where that was not saved, as it need not be before a policy tunes the node
     * @param lost whether a part of how the node was found is lost, so that not all can be put back
     * @param adapted how Adaptive wants these knobs now; empty in other modes
     * @param heldBack why memory is not to be un-merged now, as a sentence; null where it may be
     */
    static Decision of(
            Assignment assignment,
            Sample sample,
            @Nullable Originals originals,
            boolean lost,
            Kernel kernel,
            Map<Knob, Long> adapted,
            @Nullable String heldBack) {
        return switch (assignment) {
            case Assignment.None() -> nothing(State.OBSERVING, "No KsmNode names this node: nothing is changed.");
            case Assignment.NotUnderstood unknown -> notUnderstood(unknown.afterAdaptive(), sample, originals);
            case Assignment.Covered covered
            when covered.tuning() instanceof Tuning.Observe ->
                observe(covered, sample, originals, lost, kernel, heldBack);
            case Assignment.Covered covered -> tune(covered, sample, originals, kernel, adapted, heldBack);
            case Assignment.Released released -> release(released, sample, originals, lost, kernel, heldBack);
        };
    }

    /** Nothing can be done, for this reason. */
    static Decision refused(String reason) {
        return nothing(State.FAILED, reason);
    }

    /** ksmd stands still, and all else stays as it is. */
    static Decision stop() {
        return new Decision(List.of(new Action.Set(Knob.RUN, 0)), State.CONTENDED, "");
    }

    private static Decision nothing(State state, String message) {
        return new Decision(List.of(), state, message);
    }

    private static Decision notUnderstood(boolean afterAdaptive, Sample sample, @Nullable Originals originals) {
        return afterAdaptive && originals != null
                ? new Decision(
                        rest(sample, originals),
                        State.FAILED,
                        UNKNOWN_MODE
                                + "ksmd, which mode Adaptive had driven, stands still, and all else stays as it is."
                                + SAME_VERSION)
                : nothing(State.FAILED, UNKNOWN_MODE + "nothing is changed." + SAME_VERSION);
    }

    private static Decision observe(
            Assignment.Covered covered,
            Sample sample,
            @Nullable Originals originals,
            boolean lost,
            Kernel kernel,
            @Nullable String heldBack) {
        if (originals == null) {
            return nothing(State.OBSERVING, "The policy only wants reports: nothing is changed.");
        }
        return restore(
                originals,
                false,
                covered.unmerge(),
                sample,
                kernel,
                heldBack,
                State.OBSERVING,
                lost ? IN_PART : "The policy only wants reports: every setting is as it was found.");
    }

    private static Decision tune(
            Assignment.Covered covered,
            Sample sample,
            @Nullable Originals originals,
            Kernel kernel,
            Map<Knob, Long> adapted,
            @Nullable String heldBack) {
        Target target =
                Target.of(covered.tuning(), covered.tunables(), sample.knobs().keySet());
        // What the policy does not name is as it was found, also where an earlier policy named it.
        Map<Knob, Long> wanted = toRestore(originals);
        if (target.refusal() == null) {
            if (covered.tuning() instanceof Tuning.Adaptive && adapted.isEmpty()) {
                wanted.keySet().removeAll(Target.LEFT_TO_ADAPTIVE);
            }
            wanted.putAll(adapted);
        }
        wanted.putAll(target.knobs());
        Way way = Way.to(wanted, target.unmerged(), covered.unmerge(), sample, kernel, heldBack, WriteOrder::toReach);
        List<Action> actions = List.copyOf(way.actions());
        String failure = way.refusal() != null ? way.refusal() : target.refusal();
        return failure != null
                ? new Decision(actions, State.FAILED, failure, null, way.refusal() != null)
                : new Decision(
                        actions,
                        State.APPLIED,
                        applied(covered.tuning(), target),
                        missing(target, kernel).orElse(null),
                        false);
    }

    private static Decision release(
            Assignment.Released released,
            Sample sample,
            @Nullable Originals originals,
            boolean lost,
            Kernel kernel,
            @Nullable String heldBack) {
        boolean kept = released.onRemoval() == OnRemoval.KEEP;
        if (originals == null) {
            return nothing(
                    State.RESTORED,
                    kept ? KEPT : lost ? IN_PART : "Nothing that Samepage changed is left on this node.");
        }
        if (kept) {
            List<Action> actions = new ArrayList<>(released.afterAdaptive() ? rest(sample, originals) : List.of());
            actions.add(new Action.Release());
            return new Decision(actions, State.RESTORED, KEPT);
        }
        return restore(
                originals,
                released.onRemoval() == OnRemoval.RESTORE_AND_UNMERGE,
                released.unmerge(),
                sample,
                kernel,
                heldBack,
                State.RESTORED,
                lost ? IN_PART : "Every setting is as it was found.");
    }

    /** To where ksmd rests in mode Adaptive: nobody would end its laps any more. */
    private static List<Action> rest(Sample sample, Originals originals) {
        Map<Knob, Long> resting = originals.toRestore();
        resting.keySet().retainAll(Target.LEFT_TO_ADAPTIVE);
        resting.put(Knob.RUN, 0L);
        return List.copyOf(Way.sets(WriteOrder.toReach(resting, sample.knobs())));
    }

    /** Nothing where nothing was written yet; the caller's to change. */
    private static Map<Knob, Long> toRestore(@Nullable Originals originals) {
        return originals == null ? new EnumMap<>(Knob.class) : originals.toRestore();
    }

    private static Decision restore(
            Originals originals,
            boolean unmerged,
            Unmerge unmerge,
            Sample sample,
            Kernel kernel,
            @Nullable String heldBack,
            State then,
            String message) {
        Way way = Way.to(originals.toRestore(), unmerged, unmerge, sample, kernel, heldBack, WriteOrder::toRestore);
        if (way.refusal() != null) {
            return new Decision(List.copyOf(way.actions()), State.FAILED, way.refusal(), null, true);
        }
        List<Action> actions = new ArrayList<>(way.actions());
        actions.add(new Action.Release());
        return new Decision(actions, then, message);
    }

    private static Optional<String> missing(Target target, Kernel kernel) {
        if (target.missing().isEmpty()) {
            return Optional.empty();
        }
        List<String> names = target.missing().stream().map(Knob::file).toList();
        return Optional.of(
                "This kernel (" + kernel.release() + ") has no " + String.join(", ", names) + "; the rest is applied.");
    }

    private static String applied(Tuning tuning, Target target) {
        return switch (tuning) {
            case Tuning.Observe() -> "Nothing is changed.";
            case Tuning.Stopped() -> "ksmd stands still; merged pages stay merged.";
            case Tuning.Unmerged() -> "ksmd stands still and nothing is merged.";
            case Tuning.Fixed(long pages, long sleep) -> "ksmd looks at " + pages + " pages every " + sleep + " ms.";
            case Tuning.KernelAdvisor advisor
            when target.missing().contains(Knob.ADVISOR_MODE) ->
                "ksmd scans at the rate that was found here: this kernel has no advisor.";
            case Tuning.KernelAdvisor(long seconds, long cpu, long min, long max) ->
                "The kernel's advisor runs ksmd: a lap in " + seconds + " s, at most " + cpu + " % of a core.";
            case Tuning.Adaptive(AdaptiveSettings settings) ->
                "ksmd works while there is something to gain, with at most " + settings.maxCpuPercent()
                        + " % of a core, and rests otherwise.";
        };
    }
}
