package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentTest {
    @TempDir
    Path directory;

    private NodeUnderTest node() {
        return new NodeUnderTest(FakeKsm.linux618(), directory);
    }

    @Test
    void appliesInTheFirstRound() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));

        KsmNodeStatus status = node.start().round();

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.settings()).containsEntry("run", "1").containsEntry("pages_to_scan", "1000");
    }

    @Test
    void writesNothingInARoundWithoutNews() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.ksm.clearWrites();

        node.settle(agent);

        assertThat(node.ksm.writes()).isEmpty();
    }

    @Test
    void changesNothingBeforeAnybodyHasSaidAnything() {
        NodeUnderTest node = node();

        node.settle(node.start());

        assertThat(node.ksm.writes()).isEmpty();
        assertThat(node.reports).isEmpty();
    }

    @Test
    void goesOnWithTheLastSpecWhereTheApiServerIsGoneAtAStart() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        node.start().round();
        node.apiServerIsGone();
        node.ksm.with(Knob.PAGES_TO_SCAN, 100);

        node.settle(node.start());

        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(1000);
    }

    @Test
    void leavesTheNodeAloneForFiveMinutesWhereItsKsmNodeVanishes() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofMinutes(4));

        agent.round();

        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void restoresTheNodeWhereItsKsmNodeStaysAway() {
        NodeUnderTest node = node();
        Map<Knob, Long> found = node.knobs();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofMinutes(5));

        agent.round();

        assertThat(node.knobs()).isEqualTo(found);
        assertThat(node.state).isEmptyDirectory();
    }

    @Test
    void forgetsThatAKsmNodeVanishedOnceItIsBack() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofMinutes(4));
        node.tell(NodeUnderTest.fixed(1000, 10));
        agent.round();
        node.ksmNodeIsGone();
        node.pass(Duration.ofMinutes(4));

        agent.round();

        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void saysWhatWasRefusedAndAppliesTheRest() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.SMART_SCAN, Errno.EINVAL);
        Tunables noSmartScan = new Tunables(null, null, null, null, false, null);
        node.tell(NodeUnderTest.fixed(1000, 10, noSmartScan, NodeUnderTest.FORBIDDEN));

        KsmNodeStatus status = node.start().round();

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message()).startsWith("smart_scan=0 refused on worker-3: EINVAL");
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(1000);
    }

    @Test
    void ofManyRefusalsTheFirstIsToldWholeAndTheOthersAreCounted() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.SMART_SCAN, Errno.EINVAL);
        node.ksm.refuse(Knob.USE_ZERO_PAGES, Errno.EINVAL);
        node.ksm.refuse(Knob.MAX_PAGE_SHARING, Errno.EINVAL);
        Tunables three = new Tunables(null, 512, true, null, false, null);
        node.tell(NodeUnderTest.fixed(1000, 10, three, NodeUnderTest.FORBIDDEN));

        KsmNodeStatus status = node.start().round();

        assertThat(status.message())
                .contains(" refused on worker-3: EINVAL")
                .endsWith(". And 2 more: see the agent's log.")
                .doesNotContain("…");
    }

    @Test
    void triesARefusedKnobAgainWithGrowingPauses() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.SMART_SCAN, Errno.EINVAL);
        Tunables noSmartScan = new Tunables(null, null, null, null, false, null);
        node.tell(NodeUnderTest.fixed(1000, 10, noSmartScan, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();

        for (int second = 0; second < 3600; second++) {
            agent.round();
            node.pass(Duration.ofSeconds(1));
        }

        assertThat(node.ksm.writes().stream().filter("smart_scan=0"::equals)).hasSizeBetween(15, 25);
    }

    @Test
    void doesNotStopKsmdEachSecondWhereZeroPagesOnlyIsRefused() {
        NodeUnderTest node = node();
        node.ksm.with(Knob.REDHAT_ONLY_ZERO_PAGES, 0).with(Knob.RUN, 1);
        node.ksm.refuse(Knob.REDHAT_ONLY_ZERO_PAGES, Errno.EINVAL);
        Tunables zeroPagesOnly = new Tunables(null, null, null, true, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, zeroPagesOnly, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();

        for (int second = 0; second < 3600; second++) {
            agent.round();
            node.pass(Duration.ofSeconds(1));
        }

        assertThat(node.ksm.writes().stream().filter("redhat_only_zero_pages=1"::equals))
                .hasSizeBetween(15, 25);
        assertThat(node.ksm.value(Knob.RUN)).isZero();
    }

    @Test
    void isAppliedOnceTheKernelTakesWhatItRefused() {
        NodeUnderTest node = node();
        node.ksm.refuse(Knob.SMART_SCAN, Errno.EINVAL);
        Tunables noSmartScan = new Tunables(null, null, null, null, false, null);
        node.tell(NodeUnderTest.fixed(1000, 10, noSmartScan, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();
        agent.round();
        node.ksm.accept(Knob.SMART_SCAN);

        assertThat(node.settle(agent).state()).isEqualTo(State.APPLIED);
    }

    @Test
    void putsBackWhatSomebodyElseChanged() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.pass(Duration.ofMinutes(1));
        node.ksm.with(Knob.PAGES_TO_SCAN, 64);

        agent.round();

        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(1000);
    }

    /** The node as the policy wants it, before anybody says so. */
    private NodeUnderTest asWanted() {
        NodeUnderTest node = new NodeUnderTest(
                FakeKsm.linux618()
                        .with(Knob.RUN, 1)
                        .with(Knob.PAGES_TO_SCAN, 1000)
                        .with(Knob.SLEEP_MILLISECS, 10),
                directory);
        node.tell(NodeUnderTest.fixed(1000, 10));
        return node;
    }

    @Test
    void savesHowTheNodeWasFoundAlsoWhereNothingHasToBeWritten() {
        NodeUnderTest node = asWanted();

        node.start().round();

        assertThat(node.state.resolve("originals"))
                .content()
                .contains("run 1\n", "pages_to_scan 1000\n", "sleep_millisecs 10\n");
    }

    @Test
    void restoresWhatWasFoundAndNotWhatSomebodyElseSetAfterwards() {
        NodeUnderTest node = asWanted();
        Map<Knob, Long> found = node.knobs();
        Agent agent = node.start();
        agent.round();
        node.ksm.with(Knob.PAGES_TO_SCAN, 64);
        node.pass(Duration.ofSeconds(1));
        agent.round();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        node.settle(agent);

        assertThat(node.knobs()).isEqualTo(found);
    }

    @Test
    void takesWhatSomebodyElseSetsAfterwardsForAForeignChange() {
        NodeUnderTest node = asWanted();
        Agent agent = node.start();
        agent.round();
        node.ksm.with(Knob.PAGES_TO_SCAN, 64);
        node.pass(Duration.ofSeconds(1));

        agent.round();

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isEqualTo(1);
    }

    @Test
    void savesNothingWhereThePolicyOnlyWantsReports() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.mode(Mode.OBSERVE, NodeUnderTest.FORBIDDEN));

        node.start().round();

        assertThat(node.state.resolve("originals")).doesNotExist();
    }

    @Test
    void saysAlsoWhereNothingHasToBeWrittenThatTheOriginalsCannotBeSaved() {
        NodeUnderTest node = asWanted();
        node.diskIsFull = true;

        assertThat(node.start().round().state()).isEqualTo(State.FAILED);
    }

    @Test
    void capturesTheOriginalsAnewAfterAReboot() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        node.start().round();
        node.reboot();
        node.ksm.with(Knob.RUN, 0).with(Knob.PAGES_TO_SCAN, 77).with(Knob.SLEEP_MILLISECS, 20);
        Agent agent = node.start();
        agent.round();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        node.settle(agent);

        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(77);
    }

    @Test
    void writesNothingToTheKernelWhereTheStateDirectoryCannotBeUsed() throws Exception {
        NodeUnderTest node = node();
        Files.writeString(node.state, "a file in the place of the directory");
        node.tell(NodeUnderTest.fixed(1000, 10));

        KsmNodeStatus status = node.start().round();

        assertThat(node.ksm.writes()).isEmpty();
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message()).contains("nothing is changed until it can");
    }

    @Test
    void staysUpWhereTheKernelHasNoKsm() {
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618().withoutFiles(), directory);
        node.tell(NodeUnderTest.fixed(1000, 10));

        KsmNodeStatus status = node.settle(node.start());

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message()).contains("without KSM");
        assertThat(node.reports).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void reportsThatItIsUnmergingBeforeItDoes() {
        NodeUnderTest node = node();
        node.ksm.merge(10);
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));

        node.start().round();

        assertThat(node.reports).extracting(KsmNodeStatus::state).containsExactly(State.APPLYING, State.APPLIED);
    }

    @Test
    void waitsWhileMemoryIsBeingTakenOffline() {
        NodeUnderTest node = node();
        node.ksm.with(Knob.RUN, 4);
        node.tell(NodeUnderTest.fixed(1000, 10));

        KsmNodeStatus status = node.start().round();

        assertThat(node.ksm.writes()).isEmpty();
        assertThat(status.state()).isEqualTo(State.APPLYING);
    }

    @Test
    void leavesNothingBehindAfterObserving() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.mode(Mode.OBSERVE, NodeUnderTest.FORBIDDEN));
        Agent agent = node.start();
        agent.round();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        agent.round();

        assertThat(node.state).isEmptyDirectory();
    }

    @Test
    void releasesANodeThatHasNoKsm() {
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618().withoutFiles(), directory);
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        assertThat(agent.round().state()).isEqualTo(State.RESTORED);
    }

    @Test
    void goesOnSayingThatTheSettingsWereKept() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.tell(NodeUnderTest.released(OnRemoval.KEEP, NodeUnderTest.FORBIDDEN));

        assertThat(node.settle(agent).message())
                .isEqualTo("The settings stay as they are, as the policy asked (onRemoval: Keep).");
    }

    @Test
    void saysAllAgainToAKsmNodeThatWasMadeAnew() {
        NodeUnderTest node = node();
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.reports.clear();
        node.pass(Duration.ofSeconds(1));

        agent.round();

        assertThat(node.reports).hasSize(1);
    }

    @Test
    void doesNotReportEveryMovementOfMemoryWhileAnUnmergeIsRefused() {
        NodeUnderTest node = node();
        node.guestComes();
        node.ksm.merge(1_000_000);
        node.tell(NodeUnderTest.mode(Mode.UNMERGED, NodeUnderTest.ALLOWED));
        Agent agent = node.start();

        for (int second = 0; second < 60; second++) {
            node.availableKibibytes(500_000 - 2_000L * second);
            assertThat(agent.round().state()).isEqualTo(State.FAILED);
            node.pass(Duration.ofSeconds(1));
        }

        assertThat(node.reports).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void restoresFromTheOriginalsWhereNobodyKnowsWhatTheNodeWasTold() throws Exception {
        NodeUnderTest node = node();
        Map<Knob, Long> found = node.knobs();
        node.tell(NodeUnderTest.fixed(1000, 10));
        node.start().round();
        Files.delete(node.state.resolve("spec.json"));
        node.ksmNodeIsGone();
        Agent agent = node.start();
        agent.round();
        assertThat(node.ksm.value(Knob.RUN))
                .as("while the KsmNode may still come back")
                .isEqualTo(1);
        node.pass(Duration.ofMinutes(5));

        agent.round();

        assertThat(node.knobs()).isEqualTo(found);
    }

    @Test
    void doesNotCallANodeReleasedWhileItsOriginalsCannotBeRead() throws Exception {
        NodeUnderTest node = node();
        Files.createDirectories(node.state.resolve("originals"));
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));

        KsmNodeStatus status = node.start().round();

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message()).contains("cannot be read");
    }

    @Test
    void writesNothingToTheKernelWhereTheDiskOfTheJournalIsFull() {
        NodeUnderTest node = node();
        node.diskIsFull = true;
        node.tell(NodeUnderTest.fixed(1000, 10));

        KsmNodeStatus status = node.start().round();

        assertThat(node.ksm.writes()).isEmpty();
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message())
                .startsWith(
                        "Nothing is changed on worker-3, because the settings it was found with could not be saved in ")
                .contains("No space left on device")
                .endsWith("Make room there, or make it writable.");
    }

    @Test
    void goesOnOnceThereIsRoomForTheJournal() {
        NodeUnderTest node = node();
        node.diskIsFull = true;
        node.tell(NodeUnderTest.fixed(1000, 10));
        Agent agent = node.start();
        agent.round();
        node.diskIsFull = false;

        assertThat(node.settle(agent).state()).isEqualTo(State.APPLIED);
    }
}
