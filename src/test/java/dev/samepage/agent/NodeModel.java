package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is promised of a node, whatever happens to it, written from the documents and not from the agent:
 *
 * <ul>
 *   <li>The originals are saved in the first round in which a policy tunes the node, whether a write is needed or not, and no setting is
 *       written before. They are how the node was found, and nothing replaces them.
 *   <li>They are forgotten only where every setting is as it was found, or is to be kept; where the KsmNode is gone, not before five minutes
 *       have passed, and at once then, whoever is given way to.
 *   <li>Where everything is to be kept, and where it is not understood what is asked for, nothing is written; only what Adaptive had running
 *       is stopped.
 *   <li>Of originals that are damaged what is still there counts; {@code run} is 0 where that is lost, and all else as it is when a policy next
 *       tunes the node.
 *   <li>Once everything is quiet, the settings are as the policy says, or the node is its owner's again.
 * </ul>
 *
 * It is told of every write that an agent makes, to the kernel or to its journal, at the moment when it is made.
 */
final class NodeModel {
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final FakeKsm ksm;
    private final SilentControlPlane controlPlane;

    /** What the journal holds; empty while the node is its owner's. */
    private Optional<Map<Knob, Long>> originals = Optional.empty();

    /** What the journal says that the agent was told. */
    private @Nullable KsmNodeSpec remembered;

    /** How long the KsmNode had been gone when this agent first heard of it; null while there is one. */
    private @Nullable Duration heardOfAbsence;

    private boolean graceIsOver;

    /** Adaptive turns ksmd on and off: where it ends, ksmd is stopped also where everything is to be kept. */
    private boolean adaptiveSinceFound;

    /** How often ksmd was sent in by Adaptive. */
    private int boosts;

    NodeModel(FakeKsm ksm, SilentControlPlane controlPlane) {
        this.ksm = ksm;
        this.controlPlane = controlPlane;
    }

    /** A new agent starts, which knows nothing. */
    void agentStarts() {
        heardOfAbsence = null;
        graceIsOver = false;
    }

    /**
     * A round of an agent has ended, and the agent has survived it.
     *
     * @param journalWorks whether the journal could be read and written
     * @param kernelWorks whether the kernel could be written
     */
    void roundEnds(boolean journalWorks, boolean kernelWorks) {
        if (journalWorks && told().map(NodeModel::tunes).orElse(false)) {
            assertThat(originals.orElse(Map.of()))
                    .as("originals after a round under a policy")
                    .containsOnlyKeys(ksm.knobs().keySet());
        }
        boolean wasOver = graceIsOver;
        if (!(controlPlane.heard() instanceof Knowledge.Absent)) {
            heardOfAbsence = null;
        } else if (heardOfAbsence == null) {
            heardOfAbsence = controlPlane.absent();
        }
        graceIsOver = isGraceOver();
        if (graceIsOver && !wasOver && journalWorks && kernelWorks && !isMerged()) {
            assertThat(originals)
                    .as("originals five minutes after the KsmNode went")
                    .isEmpty();
        }
    }

    /** What the agent goes by; empty where the KsmNode is gone, and where nobody has said anything. */
    private Optional<KsmNodeSpec> told() {
        return switch (controlPlane.heard()) {
            case Knowledge.Present(KsmNodeSpec spec, Long _, KsmNodeStatus _) -> Optional.of(spec);
            case Knowledge.Unknown() -> Optional.ofNullable(remembered);
            case Knowledge.Absent() -> Optional.empty();
        };
    }

    private boolean isGraceOver() {
        return heardOfAbsence != null
                && controlPlane.absent().minus(heardOfAbsence).compareTo(GRACE) >= 0;
    }

    /** An agent writes a knob. */
    void writes(String write) {
        assertThat(originals).as("originals saved before " + write).isPresent();
        if (controlPlane.heard() instanceof Knowledge.Present present
                && (keeps(present.spec()) || isNotUnderstood(present.spec()))
                && !adaptiveSinceFound) {
            throw new AssertionError(write + " was written, and everything was to be kept");
        }
        if (write.equals("run=1") && told().map(NodeModel::isAdaptive).orElse(false)) {
            boosts++;
        }
    }

    /** An agent has saved what it takes for the originals. */
    void saves(Map<Knob, Long> saved) {
        Map<Knob, Long> whole = new EnumMap<>(ksm.knobs());
        originals.ifPresent(whole::putAll);
        if (!saved.equals(originals.orElse(null))) {
            assertThat(saved).as("the originals in the journal").isEqualTo(whole);
            originals = Optional.of(whole);
        }
    }

    /** An agent has found that the originals are damaged, and that they still hold these. */
    void loses(Map<Knob, Long> allBut) {
        Map<Knob, Long> known = new EnumMap<>(Knob.class);
        known.put(Knob.RUN, 0L);
        known.putAll(allBut);
        originals = Optional.of(known);
    }

    /** How often ksmd was sent in by Adaptive. */
    int boosts() {
        return boosts;
    }

    /** An agent has written down what it is told. */
    void remembers() {
        remembered = controlPlane.heard() instanceof Knowledge.Present present ? present.spec() : null;
        adaptiveSinceFound |= remembered != null && isAdaptive(remembered);
    }

    /** An agent has deleted what it wrote down. */
    void forgets() {
        remembered = null;
    }

    /** An agent is about to delete the originals. */
    void releases() {
        KsmNodeSpec last = controlPlane.heard() instanceof Knowledge.Present present ? present.spec() : remembered;
        if (controlPlane.heard() instanceof Knowledge.Absent
                && (last == null || tunes(last) || isNotUnderstood(last))) {
            assertThat(controlPlane.absent())
                    .as("how long the KsmNode was given to come back")
                    .isGreaterThanOrEqualTo(GRACE);
        }
        boolean kept = last != null && last.onRemoval() == OnRemoval.KEEP && !isObserving(last);
        if (kept && remembered != null && isAdaptive(remembered)) {
            assertThat(ksm.value(Knob.RUN)).as("run after Adaptive").isZero();
        }
        if (!kept) {
            // What was lost stays as it is.
            Map<Knob, Long> found = new EnumMap<>(ksm.knobs());
            found.putAll(originals.orElseThrow());
            assertThat(ksm.knobs())
                    .as("settings when the originals were forgotten")
                    .containsAllEntriesOf(PromisedSettings.asFound(found));
        }
        originals = Optional.empty();
        adaptiveSinceFound = false;
    }

    /** The kernel has forgotten everything. */
    void reboots(boolean journalToo) {
        originals = Optional.empty();
        if (journalToo) {
            remembered = null;
        }
        adaptiveSinceFound = remembered != null && isAdaptive(remembered);
    }

    /**
     * Everything has been quiet for hours: nobody else writes, and nothing fails.
     *
     * @param known of the KsmNode; where nothing is, what was written down counts
     * @param status what the agent says
     * @param hasGuests whether anybody has the memory that is merged: where nobody has, nothing is in the way
     */
    void holds(Knowledge known, KsmNodeStatus status, boolean hasGuests) {
        switch (known) {
            case Knowledge.Present(KsmNodeSpec spec, Long _, KsmNodeStatus _) -> holds(spec, status.state(), hasGuests);
            case Knowledge.Unknown() -> {
                if (remembered != null) {
                    holds(remembered, status.state(), hasGuests);
                }
            }
            case Knowledge.Absent() -> {
                if (!isStuck(hasGuests && isMerged())) {
                    assertThat(originals)
                            .as("originals of a node without a KsmNode")
                            .isEmpty();
                }
            }
        }
    }

    private void holds(KsmNodeSpec spec, @Nullable State state, boolean hasGuests) {
        boolean blocked = hasGuests && isMerged() && !spec.unmerge().allowed();
        Settings settings = spec.settings();
        if (settings != null && tunes(spec)) {
            isAppliedAsFarAsPossible(settings, blocked, state);
        } else if (isNotUnderstood(spec)) {
            assertThat(state).isEqualTo(State.FAILED);
        } else if (!isStuck(blocked)) {
            assertThat(originals).as("originals of a node under " + spec).isEmpty();
            assertThat(state).isEqualTo(settings == null ? State.RESTORED : State.OBSERVING);
        }
    }

    private void isAppliedAsFarAsPossible(Settings settings, boolean blocked, @Nullable State state) {
        Map<Knob, Long> now = ksm.knobs();
        Map<Knob, Long> wanted = PromisedSettings.of(settings, originals.orElse(now));
        Map<Knob, Long> possible = new EnumMap<>(wanted);
        if (blocked) {
            possible.remove(Knob.MERGE_ACROSS_NODES);
            possible.remove(Knob.MAX_PAGE_SHARING);
        }
        assertThat(now).as("settings under " + settings).containsAllEntriesOf(possible);
        boolean all = now.entrySet().containsAll(wanted.entrySet());
        assertThat(state).isEqualTo(all && !PromisedSettings.cannotBeHad(settings, now) ? State.APPLIED : State.FAILED);
    }

    /** Whether something cannot be put back, because the kernel takes it only while nothing is merged. */
    private boolean isStuck(boolean blocked) {
        return blocked
                && originals
                        .map(found -> differs(Knob.MERGE_ACROSS_NODES, found) || differs(Knob.MAX_PAGE_SHARING, found))
                        .orElse(false);
    }

    private boolean differs(Knob knob, Map<Knob, Long> found) {
        return found.containsKey(knob)
                && !Objects.equals(found.get(knob), ksm.knobs().get(knob));
    }

    private boolean isMerged() {
        try {
            return !ksm.read(Counter.PAGES_SHARED.file()).equals("0");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean keeps(KsmNodeSpec spec) {
        return spec.settings() == null && spec.onRemoval() == OnRemoval.KEEP;
    }

    private static boolean tunes(KsmNodeSpec spec) {
        return spec.settings() != null
                && spec.settings().mode() != null
                && spec.settings().mode() != Mode.OBSERVE;
    }

    private static boolean isNotUnderstood(KsmNodeSpec spec) {
        return spec.settings() != null && spec.settings().mode() == null;
    }

    private static boolean isObserving(KsmNodeSpec spec) {
        return spec.settings() != null && spec.settings().mode() == Mode.OBSERVE;
    }

    private static boolean isAdaptive(KsmNodeSpec spec) {
        return spec.settings() != null && spec.settings().mode() == Mode.ADAPTIVE;
    }
}
