package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent on a node where memory is to be un-merged, and what becomes of that where it is given up or interrupted. */
class AgentUnmergeTest {
    private static final UnmergeResult.GivenUp GIVEN_UP = new UnmergeResult.GivenUp(
            5,
            Duration.ofSeconds(40),
            12 << 20,
            new UnmergeResult.Stopped("available memory fell to 410 MiB, under the reserve of 512 MiB"));

    @TempDir
    Path directory;

    private NodeUnderTest node;

    @BeforeEach
    void aNodeWithMergedPages() {
        node = new NodeUnderTest(FakeKsm.linux618().merge(10), directory);
    }

    private Agent thatWasToldToMergeWithinNumaNodes() {
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.ksm.with(Knob.RUN, 0).with(Counter.PAGES_SHARED, 0).with(Counter.PAGES_SHARING, 0);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();
        node.settle(agent);
        node.ksm.merge(10);
        node.guestComes();
        return agent;
    }

    /** A round each second: in which of them something was tried. */
    private List<Integer> secondsOfTries(Agent agent, int seconds) {
        List<Integer> tries = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            long before = node.activity.counted(Deed.ATTEMPT);
            agent.round();
            if (node.activity.counted(Deed.ATTEMPT) > before) {
                tries.add(second);
            }
            node.pass(Duration.ofSeconds(1));
        }
        return tries;
    }

    @Test
    void saysWhatHelpsWhereGuestsKeepASettingFromBeingPutBack() {
        Agent agent = thatWasToldToMergeWithinNumaNodes();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        KsmNodeStatus status = node.settle(agent);

        assertThat(node.ksm.value(Knob.MERGE_ACROSS_NODES)).isZero();
        assertThat(node.ksm.writes()).doesNotContain("run=2");
        assertThat(status.message())
                .isEqualTo("merge_across_nodes=1 refused on worker-3: EBUSY, 10 merged pages are in use (pages_shared),"
                        + " and it can only change while there are none. It is set once a policy for this node has"
                        + " unmerge.allowed: true, or once its guests are gone.");
    }

    @Test
    void stopsKsmdForASettingThatGuestsKeepFromBeingPutBackWithGrowingPauses() {
        node.ksm.with(Knob.RUN, 1).with(Counter.PAGES_SHARED, 0).with(Counter.PAGES_SHARING, 0);
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();
        node.settle(agent);
        node.ksm.merge(10);
        node.guestComes();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        List<Integer> tries = secondsOfTries(agent, 700);

        assertThat(tries).containsExactly(0, 1, 3, 7, 15, 31, 63, 127, 255, 511);
        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void triesAnUnmergeThatIsRefusedEachMinuteAtFirstAndEveryFiveMinutesInTheEnd() {
        node.guestComes();
        node.ksm.with(Knob.RUN, 1);
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));
        node.everyUnmerge(new UnmergeResult.TooLittle("guest db needs 300 MiB", "Raise that limit."));

        List<Integer> tries = secondsOfTries(node.start(), 1800);

        assertThat(tries).containsExactly(0, 60, 120, 180, 240, 300, 360, 424, 552, 808, 1108, 1408, 1708);
    }

    @Test
    void putsBackWhatNeedsNothingMergedOnceItsGuestsAreGone() {
        Agent agent = thatWasToldToMergeWithinNumaNodes();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        node.settle(agent);

        node.guestLeaves();
        KsmNodeStatus status = node.settle(agent);

        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(node.ksm.value(Knob.MERGE_ACROSS_NODES)).isEqualTo(1);
        assertThat(node.ksm.value(Knob.RUN)).isZero();
    }

    @Test
    void setsWhatNeedsNothingMergedOnceGuestsAreGone() {
        node.guestComes();
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();
        assertThat(agent.round().state()).isEqualTo(State.FAILED);

        node.guestLeaves();
        KsmNodeStatus status = node.settle(agent);

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.value(Knob.MERGE_ACROSS_NODES)).isZero();
    }

    @Test
    void saysThatItUnmergesOnceItDoes() {
        node.guestComes();
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));

        node.start().round();

        assertThat(node.reports).extracting(KsmNodeStatus::state).containsExactly(State.APPLYING, State.APPLIED);
    }

    @Test
    void doesNotSayThatItAppliesWhatIsRefused() {
        node.guestComes();
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        Agent agent = node.start();

        for (int tries = 0; tries < 3; tries++) {
            node.nextUnmerge(new UnmergeResult.TooLittle("guest db needs 300 MiB", "Raise that limit."));
            agent.round();
            node.pass(Duration.ofMinutes(10));
        }

        assertThat(node.reports).extracting(KsmNodeStatus::state).containsOnly(State.FAILED);
        assertThat(node.ksm.writes()).doesNotContain("run=2");
    }

    @Test
    void doesNotStopKsmdForWhatIsRefused() {
        node.guestComes();
        node.ksm.with(Knob.RUN, 1);
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));
        node.nextUnmerge(new UnmergeResult.TooLittle("guest db needs 300 MiB", "Raise that limit."));

        node.start().round();

        assertThat(node.ksm.writes()).doesNotContain("run=0");
    }

    @Test
    void callsOffWhatIsNoLongerAskedFor() {
        node.guestComes();
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        node.whileUnmerging(() -> node.tell(NodeUnderTest.mode(Mode.STOPPED, NodeUnderTest.ALLOWED)));
        Agent agent = node.start();

        assertThat(agent.round().state()).isEqualTo(State.APPLYING);
        assertThat(agent.round().state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.writes()).doesNotContain("run=2");
    }

    @Test
    void goesOnWithWhatIsAskedForWhileTheApiServerIsSilent() {
        node.guestComes();
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        node.whileUnmerging(node::apiServerIsGone);

        assertThat(node.start().round().state()).isEqualTo(State.APPLIED);
    }

    @Test
    void callsOffWhatIsUnderWayWhereItsLoopIsStopped() throws InterruptedException {
        node.guestComes();
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        AgentLoop loop = new AgentLoop(new Activity());
        node.whileUnmerging(loop::stop);

        loop.run(node.start());

        assertThat(node.ksm.writes()).doesNotContain("run=2");
        assertThat(node.reports.getLast().state()).isEqualTo(State.APPLYING);
    }

    @Test
    void holdsBackWhatWasGivenUpForAnHourAndSaysUntilWhen() {
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        node.nextUnmerge(GIVEN_UP);
        Agent agent = node.start();

        agent.round();
        node.pass(Duration.ofMinutes(59));
        KsmNodeStatus status = agent.round();

        assertThat(node.ksm.writes()).doesNotContain("run=2");
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message())
                .isEqualTo(
                        "Un-merging given up on worker-3: 5 tries in 40 s left 12 MiB merged; the last: available memory"
                                + " fell to 410 MiB, under the reserve of 512 MiB. Free memory or move a guest away. Next try at"
                                + " 2026-01-01T01:00:00Z.");
        assertThat(node.activity.aim())
                .get()
                .satisfies(aim -> assertThat(aim.unmergeRefused()).isTrue());
    }

    @Test
    void unmergesAfterAnHourWhatWasGivenUp() {
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        node.nextUnmerge(GIVEN_UP);
        Agent agent = node.start();
        agent.round();
        node.pass(Duration.ofMinutes(61));

        assertThat(agent.round().state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.writes()).contains("run=2");
    }

    @Test
    void triesAtOnceWhatIsAskedForAnewAfterItWasGivenUp() {
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        node.nextUnmerge(GIVEN_UP);
        Agent agent = node.start();
        agent.round();
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));

        assertThat(agent.round().state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.writes()).contains("run=2", "merge_across_nodes=0");
    }

    @Test
    void startsKsmdAgainWhereUnmergingWasGivenUp() {
        node.ksm.with(Knob.RUN, 1);
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));
        node.nextUnmerge(GIVEN_UP);

        KsmNodeStatus status = node.start().round();

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(node.ksm.writes()).containsExactly("run=0", "sleep_millisecs=10", "pages_to_scan=1000", "run=1");
    }

    @Test
    void appliesAnewWhereTheNodeRebootedInTheMiddleOfAnUnmerge() {
        node.ksm.with(Knob.RUN, 1).with(Knob.PAGES_TO_SCAN, 333);
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));
        // Before and after the spec, the originals, and run=0; then before the un-merge.
        node.death.atStep(7);
        Agent before = node.start();
        assertThatThrownBy(before::round).isInstanceOf(SuddenDeath.Killed.class);
        assertThat(node.ksm.writes()).containsExactly("run=0");
        node.death.never();
        node.reboot();
        node.ksm.with(Counter.PAGES_SHARED, 0).with(Counter.PAGES_SHARING, 0).with(Knob.PAGES_TO_SCAN, 100);

        Agent after = node.start();
        assertThat(after.round().state()).isEqualTo(State.APPLIED);
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
        node.settle(after);

        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(100);
        assertThat(node.ksm.value(Knob.RUN)).isZero();
        assertThat(node.ksm.value(Knob.MERGE_ACROSS_NODES)).isEqualTo(1);
    }
}
