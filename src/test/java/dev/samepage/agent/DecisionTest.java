package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionTest {
    private static final long GIB = 1L << 30;
    private static final Kernel KERNEL = new Kernel("6.1.0-test", "boot", 4096);
    private static final Assignment FIXED = Assignment.of(NodeUnderTest.fixed(1000, 10));
    private static final Assignment ADAPTIVE =
            Assignment.of(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));

    private static Sample sample(FakeKsm ksm) {
        return sample(ksm, 0);
    }

    private static Sample sample(FakeKsm ksm, long pagesMerged) {
        try {
            return new Sample(
                    Instant.EPOCH,
                    new Ksm(ksm).read(),
                    new Counters(Map.of(Counter.PAGES_SHARED, pagesMerged, Counter.PAGES_SHARING, pagesMerged)),
                    new HostMemory(10 * GIB, 2 * GIB),
                    null,
                    List.of(),
                    false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Originals originals(FakeKsm ksm) {
        return new Originals("boot", sample(ksm).knobs());
    }

    private static Decision decide(Assignment assignment, Sample sample, @Nullable Originals originals) {
        return Decision.of(assignment, sample, originals, false, KERNEL, Map.of(), null);
    }

    @Test
    void setsWhatThePolicyWantsAndStartsKsmdLast() {
        Decision decision = decide(FIXED, sample(FakeKsm.linux618()), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(
                        new Action.Set(Knob.SLEEP_MILLISECS, 10),
                        new Action.Set(Knob.PAGES_TO_SCAN, 1000),
                        new Action.Set(Knob.RUN, 1));
    }

    @Test
    void doesNothingWhereEverythingIsAsWanted() {
        FakeKsm asWanted = FakeKsm.linux618()
                .with(Knob.RUN, 1)
                .with(Knob.PAGES_TO_SCAN, 1000)
                .with(Knob.SLEEP_MILLISECS, 10);

        Decision decision = decide(FIXED, sample(asWanted), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.state()).isEqualTo(State.APPLIED);
    }

    @Test
    void putsBackWhatOnlyAnEarlierPolicyNamed() {
        FakeKsm tuned = FakeKsm.linux618()
                .with(Knob.RUN, 1)
                .with(Knob.PAGES_TO_SCAN, 1000)
                .with(Knob.SLEEP_MILLISECS, 10)
                .with(Knob.SMART_SCAN, 0);

        Decision decision = decide(FIXED, sample(tuned), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.SMART_SCAN, 1));
    }

    @Test
    void putsNothingBackThatAdaptiveTurns() {
        FakeKsm atWork = FakeKsm.linux618()
                .with(Knob.RUN, 1)
                .with(Knob.PAGES_TO_SCAN, 1000)
                .with(Knob.SLEEP_MILLISECS, 10)
                .with(Knob.SMART_SCAN, 0);

        Decision decision = decide(ADAPTIVE, sample(atWork), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.state()).isEqualTo(State.APPLIED);
        assertThat(decision.message())
                .isEqualTo(
                        "ksmd works while there is something to gain, with at most 70 % of a core, and rests otherwise.");
    }

    @Test
    void changesNothingAfterAdaptiveOnANodeOfWhichNothingWasSaved() {
        Assignment unknown = Assignment.of(NodeUnderTest.unknownMode()).endingAdaptive();

        Decision decision = decide(unknown, sample(FakeKsm.linux618().with(Knob.RUN, 1)), null);

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.message())
                .isEqualTo(
                        "The operator asks for a mode that this agent does not know: nothing is changed. Bring both to the"
                                + " same version.");
    }

    @Test
    void saysThatNotAllIsPutBackWhereAPartOfHowTheNodeWasFoundIsLost() {
        Assignment released = Assignment.of(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        Sample sample = sample(FakeKsm.linux618());
        Originals known = new Originals("boot", Map.of(Knob.RUN, 0L));

        assertThat(List.of(
                        Decision.of(released, sample, known, true, KERNEL, Map.of(), null),
                        Decision.of(released, sample, null, true, KERNEL, Map.of(), null)))
                .extracting(Decision::message)
                .containsOnly(
                        "What is known of how this node was found is put back; where it is lost, ksmd stands still and all"
                                + " else stays as it is.");
    }

    @Test
    void turnsTheAdvisorOffForAdaptive() {
        FakeKsm advised = FakeKsm.linux618().with(Knob.ADVISOR_MODE, 1);

        Decision decision = decide(ADAPTIVE, sample(advised), originals(advised));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.ADVISOR_MODE, 0));
    }

    @Test
    void namesAKnobThatTheKernelLacksAndAppliesTheRest() {
        Tunables smartScan = new Tunables(null, null, null, null, true, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(1000, 10, smartScan, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(wanted, sample(FakeKsm.linux61()), null);

        assertThat(decision.state()).isEqualTo(State.APPLIED);
        assertThat(decision.degraded()).isEqualTo("This kernel (6.1.0-test) has no smart_scan; the rest is applied.");
        assertThat(decision.actions()).contains(new Action.Set(Knob.RUN, 1));
    }

    @Test
    void doesNotStartToScanWhereOnlyZeroPagesWereToBeMergedAndTheKernelCannot() {
        Tunables zeroPagesOnly = new Tunables(null, null, null, true, null, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(1000, 10, zeroPagesOnly, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(wanted, sample(FakeKsm.linux618()), null);

        assertThat(decision.state()).isEqualTo(State.FAILED);
        assertThat(decision.actions()).isEmpty();
        assertThat(decision.message()).contains("redhat_only_zero_pages");
    }

    @Test
    void leavesAllElseAsFoundWhereAdaptiveWasToMergeOnlyZeroPagesAndTheKernelCannot() {
        Tunables zeroPagesOnly = new Tunables(null, null, null, true, null, null);
        Assignment wanted =
                Assignment.of(NodeUnderTest.covered(Mode.ADAPTIVE, null, null, zeroPagesOnly, NodeUnderTest.FORBIDDEN));
        FakeKsm advised = FakeKsm.linux618().with(Knob.ADVISOR_MODE, 1).with(Knob.RUN, 1);

        Decision decision = Decision.of(
                wanted,
                sample(advised),
                originals(advised),
                false,
                KERNEL,
                Map.of(Knob.ADVISOR_MODE, 0L, Knob.RUN, 1L, Knob.SMART_SCAN, 0L),
                null);

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.RUN, 0));
    }

    @Test
    void stopsAScanWhereOnlyZeroPagesWereToBeMergedAndTheKernelCannot() {
        Tunables zeroPagesOnly = new Tunables(null, null, null, true, null, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(1000, 10, zeroPagesOnly, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(wanted, sample(FakeKsm.linux618().with(Knob.RUN, 1)), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.RUN, 0));
    }

    @Test
    void unmergesWhereTheModeAsksForIt() {
        Assignment unmerged = Assignment.of(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        FakeKsm scanning = FakeKsm.linux618().with(Knob.RUN, 1);

        Decision decision = decide(unmerged, sample(scanning, 100), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(new Action.Unmerge(409_600, 10, false, List.of(new Action.Set(Knob.RUN, 0))));
    }

    @Test
    void refusesToUnmergeWhatWouldNotFitIntoMemory() {
        Assignment unmerged = Assignment.of(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        long oneGibAndOnePage = GIB / 4096 + 1;

        Decision decision = decide(
                unmerged,
                sample(FakeKsm.linux618().with(Knob.RUN, 1), oneGibAndOnePage),
                originals(FakeKsm.linux618()));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.RUN, 0));
        assertThat(decision.state()).isEqualTo(State.FAILED);
        assertThat(decision.message())
                .isEqualTo(
                        "Un-merging refused: needed 1025 MiB, available 2048 MiB, reserve 1024 MiB: 1 MiB short. Move a"
                                + " guest away, free memory, or lower unmerge.reservePercent.");
    }

    @Test
    void unmergesForAKnobThatNeedsItWhereThatIsAllowed() {
        Tunables numa = new Tunables(false, null, null, null, null, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(100, 20, numa, NodeUnderTest.ALLOWED));

        Decision decision = decide(wanted, sample(FakeKsm.linux618(), 1), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(new Action.Unmerge(
                        4096,
                        10,
                        false,
                        List.of(new Action.Set(Knob.MERGE_ACROSS_NODES, 0), new Action.Set(Knob.RUN, 1))));
    }

    @Test
    void leavesAKnobThatNeedsUnmergingToTheKernelsRefusalWhereThatIsNotAllowed() {
        Tunables numa = new Tunables(false, null, null, null, null, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(100, 20, numa, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(wanted, sample(FakeKsm.linux618(), 1), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(new Action.Set(Knob.MERGE_ACROSS_NODES, 0), new Action.Set(Knob.RUN, 1));
    }

    @Test
    void unmergesWithoutPermissionOnlyAsLongAsGuestsAreGone() {
        Tunables numa = new Tunables(false, null, null, null, null, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(100, 20, numa, NodeUnderTest.FORBIDDEN));
        Sample merged = sample(FakeKsm.linux618(), 1);
        Sample guestsGone = new Sample(
                merged.at(),
                merged.knobs(),
                merged.counters(),
                merged.memory(),
                merged.ksmdCpuNanos(),
                merged.guests(),
                true);

        Decision decision = decide(wanted, guestsGone, originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(new Action.Unmerge(
                        0, 10, true, List.of(new Action.Set(Knob.MERGE_ACROSS_NODES, 0), new Action.Set(Knob.RUN, 1))));
    }

    @Test
    void restoresTheAdvisorBeforePagesToScanAndStartsKsmdLast() {
        FakeKsm found = FakeKsm.linux618().with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 333);
        FakeKsm tuned = FakeKsm.linux618()
                .with(Knob.RUN, 1)
                .with(Knob.ADVISOR_MODE, 1)
                .with(Knob.ADVISOR_MAX_CPU, 50)
                .with(Knob.PAGES_TO_SCAN, 333);
        Assignment released = Assignment.of(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(released, sample(tuned), originals(found));

        assertThat(decision.actions())
                .containsExactly(
                        new Action.Set(Knob.RUN, 0),
                        new Action.Set(Knob.ADVISOR_MAX_CPU, 70),
                        new Action.Set(Knob.ADVISOR_MODE, 0),
                        new Action.Set(Knob.PAGES_TO_SCAN, 333),
                        new Action.Set(Knob.RUN, 1),
                        new Action.Release());
        assertThat(decision.state()).isEqualTo(State.RESTORED);
    }

    @Test
    void keepsTheSettingsWhereTheRemovalSaysSo() {
        Assignment released = Assignment.of(NodeUnderTest.released(OnRemoval.KEEP, NodeUnderTest.FORBIDDEN));

        Decision decision =
                decide(released, sample(FakeKsm.linux618().with(Knob.RUN, 1)), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).containsExactly(new Action.Release());
    }

    @Test
    void unmergesAtTheRemovalWhereItSaysSo() {
        Assignment released =
                Assignment.of(NodeUnderTest.released(OnRemoval.RESTORE_AND_UNMERGE, NodeUnderTest.ALLOWED));

        Decision decision =
                decide(released, sample(FakeKsm.linux618().with(Knob.RUN, 1), 1), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(
                        new Action.Unmerge(4096, 10, false, List.of(new Action.Set(Knob.RUN, 0))),
                        new Action.Release());
    }

    @Test
    void changesNothingAtTheRemovalWhereNothingWasChanged() {
        Assignment released =
                Assignment.of(NodeUnderTest.released(OnRemoval.RESTORE_AND_UNMERGE, NodeUnderTest.ALLOWED));

        Decision decision = decide(released, sample(FakeKsm.linux618(), 100), null);

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.state()).isEqualTo(State.RESTORED);
    }

    @Test
    void restoresATunedNodeBeforeItIsOnlyObserved() {
        Assignment observe = Assignment.of(NodeUnderTest.mode(Mode.OBSERVE, NodeUnderTest.FORBIDDEN));

        Decision decision =
                decide(observe, sample(FakeKsm.linux618().with(Knob.RUN, 1)), originals(FakeKsm.linux618()));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.RUN, 0), new Action.Release());
        assertThat(decision.state()).isEqualTo(State.OBSERVING);
    }

    @Test
    void doesNotWriteWhatReads2WhenItWasFound() {
        Assignment released = Assignment.of(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        Decision decision = decide(
                released,
                sample(FakeKsm.linux618().with(Knob.RUN, 1)),
                originals(FakeKsm.linux618().with(Knob.RUN, 2)));

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.RUN, 0), new Action.Release());
    }

    @Test
    void changesNothingForAModeOfANewerOperator() {
        Decision decision = decide(new Assignment.NotUnderstood("x"), sample(FakeKsm.linux618()), null);

        assertThat(decision.actions()).isEmpty();
        assertThat(decision.state()).isEqualTo(State.FAILED);
    }

    @Test
    void unmergesAlsoWhereOnlyZeroPagesAreMerged() {
        Assignment unmerged = Assignment.of(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        Sample nothing = sample(FakeKsm.linux618());
        Sample zeroPages = new Sample(
                nothing.at(),
                nothing.knobs(),
                new Counters(Map.of(Counter.PAGES_SHARED, 0L, Counter.KSM_ZERO_PAGES, 7L)),
                nothing.memory(),
                nothing.ksmdCpuNanos(),
                nothing.guests(),
                false);

        Decision decision = decide(unmerged, zeroPages, originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .contains(new Action.Unmerge(7 * 4096, 10, false, List.of(new Action.Set(Knob.RUN, 0))));
    }

    @Test
    void unmergesBeforeObservingWhereARestoreNeedsItAndItIsAllowed() {
        Assignment observe = Assignment.of(NodeUnderTest.mode(Mode.OBSERVE, NodeUnderTest.ALLOWED));
        FakeKsm tuned = FakeKsm.linux618().with(Knob.MERGE_ACROSS_NODES, 0);

        Decision decision = decide(observe, sample(tuned, 1), originals(FakeKsm.linux618()));

        assertThat(decision.actions())
                .containsExactly(
                        new Action.Unmerge(
                                4096,
                                10,
                                false,
                                List.of(new Action.Set(Knob.RUN, 0), new Action.Set(Knob.MERGE_ACROSS_NODES, 1))),
                        new Action.Release());
    }

    @Test
    void leavesWhatNeedsUnmergingAloneAndSetsTheRestWhileUnmergingIsHeldBack() {
        Tunables numaAndSmartScan = new Tunables(false, null, null, null, false, null);
        Assignment wanted = Assignment.of(NodeUnderTest.fixed(100, 20, numaAndSmartScan, NodeUnderTest.ALLOWED));

        Decision decision = Decision.of(
                wanted,
                sample(FakeKsm.linux618(), 1),
                originals(FakeKsm.linux618()),
                false,
                KERNEL,
                Map.of(),
                "Un-merging given up a while ago.");

        assertThat(decision.actions()).containsExactly(new Action.Set(Knob.SMART_SCAN, 0), new Action.Set(Knob.RUN, 1));
        assertThat(decision.state()).isEqualTo(State.FAILED);
        assertThat(decision.message()).isEqualTo("Un-merging given up a while ago.");
        assertThat(decision.unmergeRefused()).isTrue();
    }

    @Test
    void doesNotMindWhatIsHeldBackWhereNothingNeedsUnmerging() {
        Decision decision = Decision.of(
                FIXED,
                sample(FakeKsm.linux618(), 1),
                originals(FakeKsm.linux618()),
                false,
                KERNEL,
                Map.of(),
                "Un-merging given up a while ago.");

        assertThat(decision.state()).isEqualTo(State.APPLIED);
    }
}
