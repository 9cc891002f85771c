package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Phase;
import dev.samepage.api.State;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Knob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent in mode Adaptive, on a kernel whose ksmd does what the test says. */
class AdaptationTest {
    private static final int GUEST = 100;
    private static final long GUEST_PAGES = 200_000;

    @TempDir
    Path directory;

    private NodeUnderTest adaptive() {
        NodeUnderTest node = new NodeUnderTest(FakeKsm.linux618(), directory);
        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));
        return node;
    }

    private void guestStarts() {
        FakeProc proc = new FakeProc(directory.resolve("proc"));
        proc.uptime(10_000);
        proc.process(GUEST, "vm", 9_000);
        proc.ksmStat(GUEST, 0, "no", "yes");
        proc.file(GUEST + "/statm", "300000 %d 1000 0 0 0 0\n".formatted(GUEST_PAGES));
    }

    /** Rounds as often as the agent wants them. */
    private static KsmNodeStatus run(NodeUnderTest node, Agent agent, Duration time) {
        KsmNodeStatus status = agent.round();
        long millis = 0;
        while (millis < time.toMillis()) {
            Duration pause = agent.untilNextRound();
            node.pass(pause);
            millis += Math.max(1, pause.toMillis());
            status = agent.round();
        }
        return status;
    }

    /** An agent in the middle of a boost. */
    private Agent boosting(NodeUnderTest node) {
        guestStarts();
        Agent agent = node.start();
        run(node, agent, Duration.ofSeconds(4));
        return agent;
    }

    /** ksmd makes the two laps of a boost. */
    private static void laps(NodeUnderTest node, Agent agent) {
        node.ksm.with(Counter.FULL_SCANS, 1);
        run(node, agent, Duration.ofSeconds(1));
        node.ksm.with(Counter.FULL_SCANS, 2);
        run(node, agent, Duration.ofSeconds(2));
    }

    @Test
    void restsWhereThereIsNoGuest() {
        NodeUnderTest node = adaptive();
        KsmNodeStatus status = run(node, node.start(), Duration.ofSeconds(10));

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.phase()).isEqualTo(Phase.REST);
        assertThat(status.phaseReason()).isEqualTo("There is no guest.");
        assertThat(node.ksm.writes()).isEmpty();
    }

    @Test
    void sendsKsmdInForAGuestThatKsmdHasNotSeen() {
        NodeUnderTest node = adaptive();
        KsmNodeStatus status = run(node, boosting(node), Duration.ofSeconds(1));

        assertThat(status.phase()).isEqualTo(Phase.BOOST);
        assertThat(status.phaseReason()).isEqualTo("For 777 MiB that no lap has seen.");
        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void restsAfterTwoLapsWithEveryOtherKnobAsFound() {
        NodeUnderTest node = adaptive();
        Map<Knob, Long> found = node.knobs();
        Agent agent = boosting(node);
        laps(node, agent);

        assertThat(node.knobs()).isEqualTo(found);
        assertThat(run(node, agent, Duration.ofSeconds(6)).phase()).isEqualTo(Phase.REST);
    }

    @Test
    void stopsKsmdThatSomebodyElseHadRunning() {
        NodeUnderTest node = adaptive();
        node.ksm.with(Knob.RUN, 1);
        run(node, node.start(), Duration.ofSeconds(1));

        assertThat(node.ksm.value(Knob.RUN)).isZero();
    }

    @Test
    void savesHowTheNodeWasFoundBeforeTheFirstWrite() {
        NodeUnderTest node = adaptive();
        boosting(node);

        assertThat(node.state.resolve("originals"))
                .content()
                .contains("run 0", "pages_to_scan 100", "sleep_millisecs 20");
    }

    @Test
    void stopsKsmdBeforeItGivesWayToSomebodyWhoTurnsSomethingElse() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        KsmNodeStatus status = agent.round();
        for (int second = 0; second < 60; second++) {
            node.ksm.with(Knob.SLEEP_MILLISECS, 999);
            node.pass(Duration.ofSeconds(1));
            status = agent.round();
        }

        assertThat(status.state()).isEqualTo(State.CONTENDED);
        assertThat(node.ksm.value(Knob.RUN)).isZero();
        assertThat(status.message()).contains("(sleep_millisecs ").doesNotContain("run 1");
    }

    @Test
    void leavesKsmdToSomebodyWhoHasStartedItWhenItGivesWay() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        laps(node, agent);
        KsmNodeStatus status = agent.round();
        for (int second = 0; second < 60; second++) {
            node.ksm.with(Knob.RUN, 1);
            node.pass(Duration.ofSeconds(1));
            status = agent.round();
        }

        assertThat(status.state()).isEqualTo(State.CONTENDED);
        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void restoresEverythingInTheMiddleOfABoostWhenItIsReleased() {
        NodeUnderTest node = adaptive();
        Map<Knob, Long> found = node.knobs();
        Agent agent = boosting(node);
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        KsmNodeStatus status = agent.round();

        assertThat(node.knobs()).isEqualTo(found);
        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(status.phase()).isNull();
        assertThat(Files.exists(node.state.resolve("originals"))).isFalse();
    }

    @Test
    void goesOnInAnotherModeWhenToldTo() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        node.tell(NodeUnderTest.fixed(700, 33));
        KsmNodeStatus status = agent.round();

        assertThat(status.settings()).containsEntry("pages_to_scan", "700").containsEntry("sleep_millisecs", "33");
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void putsBackWhatSomebodyElseStartsWhileItRests() {
        NodeUnderTest node = adaptive();
        Agent agent = node.start();
        run(node, agent, Duration.ofSeconds(2));
        node.ksm.with(Knob.RUN, 1);
        run(node, agent, Duration.ofSeconds(6));

        assertThat(node.ksm.value(Knob.RUN)).isZero();
    }

    @Test
    void doesNotFightForEverWithSomebodyWhoKeepsStartingKsmd() {
        NodeUnderTest node = adaptive();
        Agent agent = node.start();
        run(node, agent, Duration.ofSeconds(2));
        node.ksm.clearWrites();
        for (int second = 0; second < 600; second++) {
            node.ksm.with(Knob.RUN, 1);
            run(node, agent, Duration.ofSeconds(1));
        }

        assertThat(node.ksm.writes()).hasSizeLessThan(15);
    }

    @Test
    void doesNotFightAtItsOwnRateWithSomebodyWhoKeepsTurningKsmdDuringABoost() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        node.ksm.clearWrites();
        for (int second = 0; second < 1200; second++) {
            node.ksm.with(Knob.RUN, second % 2).with(Knob.PAGES_TO_SCAN, 64);
            run(node, agent, Duration.ofSeconds(1));
        }

        assertThat(node.ksm.writes()).hasSizeBetween(3, 30);
    }

    @Test
    void noticesWithinFiveSecondsWhatSomebodyElseChangesWhileItRests() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        laps(node, agent);
        assertThat(run(node, agent, Duration.ofSeconds(7)).phase()).isEqualTo(Phase.REST);
        node.ksm.with(Knob.PAGES_TO_SCAN, 4321);
        run(node, agent, Duration.ofSeconds(4));

        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(100);
    }

    /** Rounds as often as the agent wants them, the last of them within that time. */
    private static void runWithin(NodeUnderTest node, Agent agent, Duration time) {
        Duration left = time.minus(agent.untilNextRound());
        while (!left.isNegative()) {
            node.pass(agent.untilNextRound());
            agent.round();
            left = left.minus(agent.untilNextRound());
        }
    }

    @Test
    void noticesWithinFiveSecondsWhatSomebodyElseChangesDuringABoost() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        assertThat(agent.round().phase()).isEqualTo(Phase.BOOST);
        node.ksm.with(Knob.USE_ZERO_PAGES, 1);
        runWithin(node, agent, Duration.ofSeconds(5));

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isEqualTo(1);
        assertThat(node.ksm.value(Knob.USE_ZERO_PAGES)).isZero();
    }

    @Test
    void noticesWithinFiveSecondsWhatSomebodyElseChangesAlsoBesideAThousandGuests() {
        NodeUnderTest node = adaptive();
        FakeProc proc = new FakeProc(directory.resolve("proc"));
        for (int guest = 1000; guest < 2000; guest++) {
            proc.process(guest, "vm", 9_000);
            proc.ksmStat(guest, 0, "no", "yes");
            proc.file(guest + "/statm", "300000 200 100 0 0 0 0\n");
        }
        Agent agent = boosting(node);
        laps(node, agent);
        assertThat(run(node, agent, Duration.ofSeconds(7)).phase()).isEqualTo(Phase.REST);
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofSeconds(4));
        node.ksm.with(Knob.PAGES_TO_SCAN, 4321);
        runWithin(node, agent, Duration.ofSeconds(5));

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isEqualTo(1);
    }

    private static Agent somebodyKeepsStartingKsmd(NodeUnderTest node) {
        Agent agent = node.start();
        for (int second = 0; second < 60; second++) {
            run(node, agent, Duration.ofSeconds(1));
            node.ksm.with(Knob.RUN, 1);
        }
        return agent;
    }

    @Test
    void writesNothingAndHasNoPhaseWhileWayIsGiven() {
        NodeUnderTest node = adaptive();
        Agent agent = somebodyKeepsStartingKsmd(node);
        node.ksm.clearWrites();
        KsmNodeStatus status = run(node, agent, Duration.ofMinutes(10));

        assertThat(status.state()).isEqualTo(State.CONTENDED);
        assertThat(status.phase()).isNull();
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofSeconds(1));
        assertThat(node.ksm.writes()).isEmpty();
    }

    @Test
    void beginsAnewWhenItIsTriedAgain() {
        NodeUnderTest node = adaptive();
        Agent agent = somebodyKeepsStartingKsmd(node);
        KsmNodeStatus status = run(node, agent, Duration.ofMinutes(16));

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.phase()).isNotNull();
    }

    @Test
    void turnsOffTheAdvisor() {
        NodeUnderTest node = adaptive();
        node.ksm.with(Knob.ADVISOR_MODE, 1);
        run(node, node.start(), Duration.ofSeconds(1));

        assertThat(node.ksm.value(Knob.ADVISOR_MODE)).isZero();
    }

    @Test
    void tellsTheApiServerOfPhasesAboutOnceAMinute() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        run(node, agent, Duration.ofMinutes(2));
        int before = node.reports.size();
        for (int lap = 1; lap <= 40; lap++) {
            node.ksm.with(Counter.FULL_SCANS, lap);
            guestGrows(lap);
            run(node, agent, Duration.ofSeconds(15));
        }

        assertThat(node.reports.size() - before).isLessThanOrEqualTo(12);
    }

    @Test
    void tellsTheApiServerAtOnceWhenItAnswersAnAgentThatWentOnFromItsJournal() {
        NodeUnderTest node = adaptive();
        run(node, node.start(), Duration.ofSeconds(10));
        node.apiServerIsGone();
        Agent restarted = node.start();
        run(node, restarted, Duration.ofSeconds(1));
        int before = node.reports.size();

        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));
        restarted.round();

        assertThat(node.reports).hasSize(before + 1);
        assertThat(node.reports.getLast().phase()).isEqualTo(Phase.REST);
        assertThat(node.reports.getLast().observedGeneration()).isEqualTo(1);
    }

    @Test
    void tellsEverythingAtOnceAgainWhereTheKsmNodeWasMadeAnew() {
        NodeUnderTest node = adaptive();
        Agent agent = node.start();
        run(node, agent, Duration.ofSeconds(10));
        node.reports.clear();
        node.pass(agent.untilNextRound());
        agent.round();

        assertThat(node.reports).hasSize(1);
    }

    @Test
    void looksBrieflyAlsoWhereTheApiServerKeepsNoStatus() {
        NodeUnderTest node = adaptive();
        node.statusIsRefused();
        Agent agent = boosting(node);
        node.reports.clear();
        run(node, agent, Duration.ofSeconds(5));

        // One for each whole round, of which there is one a second while ksmd runs.
        assertThat(node.reports).hasSizeBetween(1, 6);
    }

    private void guestGrows(int times) {
        new FakeProc(directory.resolve("proc"))
                .file(GUEST + "/statm", "300000 %d 1000 0 0 0 0\n".formatted(GUEST_PAGES * (1 + times)));
    }

    @Test
    void looksBrieflyInBetween() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofMillis(100));
        laps(node, agent);
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void goesOnTryingToStartKsmdAndSaysSoWhereTheKernelRefuses() {
        NodeUnderTest node = adaptive();
        node.ksm.refuse(Knob.RUN, Errno.EROFS);
        Agent agent = boosting(node);
        KsmNodeStatus status = run(node, agent, Duration.ofMinutes(2));

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.phase()).isNull();

        node.ksm.accept(Knob.RUN);
        for (int second = 0; second <= 300 && node.ksm.value(Knob.RUN) == 0; second++) {
            run(node, agent, Duration.ofSeconds(1));
        }
        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
        assertThat(agent.round().state()).isEqualTo(State.APPLIED);
    }

    /** Each lap wants something else of the other knobs, and gets it at once. */
    @Test
    void triesARefusedKnobAgainWithPausesThatGrowThroughAllLaps() {
        NodeUnderTest node = adaptive();
        node.ksm.with(Knob.ADVISOR_MODE, 1).refuse(Knob.ADVISOR_MODE, Errno.EROFS);
        Agent agent = boosting(node);
        for (int lap = 1; lap <= 600; lap++) {
            node.ksm.with(Counter.FULL_SCANS, lap);
            guestGrows(lap);
            run(node, agent, Duration.ofSeconds(1));
        }

        assertThat(node.activity.counted(Deed.WRITE_REFUSED)).isBetween(10L, 20L);
    }

    @Test
    void stopsKsmdInTheMiddleOfABoostAlsoWhereTheSettingsAreKept() {
        NodeUnderTest node = adaptive();
        Map<Knob, Long> found = node.knobs();
        Agent agent = boosting(node);
        node.tell(NodeUnderTest.released(OnRemoval.KEEP, NodeUnderTest.FORBIDDEN));
        KsmNodeStatus status = agent.round();

        assertThat(node.knobs()).isEqualTo(found);
        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(status.message()).contains("onRemoval: Keep");
    }

    @Test
    void stopsKsmdInTheMiddleOfABoostWhereItIsToldWhatItDoesNotUnderstand() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        node.tell(NodeUnderTest.unknownMode());
        KsmNodeStatus status = agent.round();
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.message())
                .isEqualTo(
                        "The operator asks for a mode that this agent does not know: ksmd, which mode Adaptive had driven, stands"
                                + " still, and all else stays as it is. Bring both to the same version.");
        assertThat(node.ksm.value(Knob.RUN)).isZero();

        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));
        run(node, agent, Duration.ofSeconds(4));
        assertThat(node.ksm.value(Knob.RUN)).isEqualTo(1);
    }

    /** The kernel keeps a note of every page after the first lap, though none is merged before the second. */
    private void guestIsKnownToKsmd() {
        new FakeProc(directory.resolve("proc")).merged(GUEST, GUEST_PAGES, 0);
    }

    @Test
    void makesABoostAnewThatAnotherModeHasBrokenOff() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        guestIsKnownToKsmd();
        node.tell(NodeUnderTest.mode(Mode.STOPPED, NodeUnderTest.FORBIDDEN));
        run(node, agent, Duration.ofMinutes(10));
        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));

        assertThat(run(node, agent, Duration.ofSeconds(4)).phase()).isEqualTo(Phase.BOOST);
    }

    @Test
    void makesABoostAnewThatGivingWayHasBrokenOff() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        guestIsKnownToKsmd();
        for (int second = 0; second < 60; second++) {
            node.ksm.with(Knob.SLEEP_MILLISECS, 999).with(Counter.PAGES_SCANNED, second);
            node.pass(Duration.ofSeconds(1));
            agent.round();
        }
        assertThat(node.ksm.value(Knob.RUN)).isZero();
        node.ksm.with(Knob.SLEEP_MILLISECS, 20);
        for (int second = 0; second <= 960 && node.ksm.value(Knob.RUN) == 0; second++) {
            run(node, agent, Duration.ofSeconds(1));
        }

        assertThat(agent.round().phase()).isEqualTo(Phase.BOOST);
    }

    @Test
    void restsAgainAfterAnotherModeWhereItHadFinished() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        laps(node, agent);
        guestIsKnownToKsmd();
        node.tell(NodeUnderTest.mode(Mode.STOPPED, NodeUnderTest.FORBIDDEN));
        run(node, agent, Duration.ofSeconds(4));
        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));

        assertThat(run(node, agent, Duration.ofSeconds(4)).phase()).isEqualTo(Phase.REST);
    }

    @Test
    void looksAtEverythingAgainAfterEverythingWasUnmergedInAnotherMode() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        laps(node, agent);
        new FakeProc(directory.resolve("proc")).ksmStat(GUEST, GUEST_PAGES, "no", "yes");
        node.tell(NodeUnderTest.fixed(100, 20));
        agent.round();
        new FakeProc(directory.resolve("proc")).ksmStat(GUEST, 0, "no", "yes");
        node.ksm.with(Counter.FULL_SCANS, 0).with(Knob.RUN, 0);
        node.tell(NodeUnderTest.mode(Mode.ADAPTIVE, NodeUnderTest.FORBIDDEN));

        assertThat(run(node, agent, Duration.ofSeconds(4)).phase()).isEqualTo(Phase.BOOST);
    }

    @Test
    void looksOnceASecondWhereKsmCannotBeReadAnyMore() {
        NodeUnderTest node = adaptive();
        Agent agent = boosting(node);
        node.ksm.withoutFiles();
        KsmNodeStatus status = run(node, agent, Duration.ofSeconds(2));

        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.phase()).isNull();
        assertThat(agent.untilNextRound()).isEqualTo(Duration.ofSeconds(1));
    }
}
