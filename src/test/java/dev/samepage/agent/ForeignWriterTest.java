package dev.samepage.agent;

import static dev.samepage.agent.NodeUnderTest.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KsmFiles;
import io.fabric8.kubernetes.api.model.Condition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent on a node where somebody else turns the same knobs. */
class ForeignWriterTest {
    private static final int KSMTUNED = 812;

    @TempDir
    Path directory;

    private NodeUnderTest node;
    private FakeProc proc;
    private Agent agent;

    @BeforeEach
    void aNodeThatIsAsItsPolicyWants() {
        node = new NodeUnderTest(FakeKsm.linux618().with(Knob.PAGES_TO_SCAN, 333), directory);
        proc = new FakeProc(directory.resolve("proc"));
        node.tell(NodeUnderTest.fixed(1000, 10));
        agent = node.start();
        agent.round();
        node.ksm.clearWrites();
    }

    private void ksmtunedRuns() {
        proc.file(KSMTUNED + "/comm", "ksmtuned\n");
        proc.commandLine(KSMTUNED, "/bin/bash", "/usr/sbin/ksmtuned");
    }

    /** Somebody sets pages_to_scan to 64 once a second. */
    private KsmNodeStatus fight(Duration length) {
        KsmNodeStatus last = agent.round();
        for (int second = 0; second < length.toSeconds(); second++) {
            node.pass(Duration.ofSeconds(1));
            node.ksm.with(Knob.PAGES_TO_SCAN, 64);
            last = agent.round();
        }
        return last;
    }

    /** Nobody changes anything. */
    private KsmNodeStatus peace(Duration length) {
        KsmNodeStatus last = agent.round();
        for (int second = 0; second < length.toSeconds(); second++) {
            node.pass(Duration.ofSeconds(1));
            last = agent.round();
        }
        return last;
    }

    @Test
    void saysThatItWaitsBetweenTwoRounds() {
        KsmNodeStatus status = fight(Duration.ofSeconds(3));

        assertThat(status.state()).isEqualTo(State.APPLYING);
        assertThat(status.message())
                .isEqualTo(
                        "Somebody else has changed KSM here again (pages_to_scan 1000 -> 64). It is put back with growing pauses.");
    }

    @Test
    void putsBackThreeTimesAndThenGivesWay() {
        KsmNodeStatus status = fight(Duration.ofMinutes(10));

        assertThat(status.state()).isEqualTo(State.CONTENDED);
        assertThat(node.ksm.writes()).hasSize(3);
        assertThat(node.activity.counted(Deed.PUT_BACK)).isEqualTo(3);
        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isGreaterThan(3);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(64);
    }

    /** Somebody who sets pages_to_scan to 64 whenever it is written: before the agent has read it back. */
    private KsmFiles quicker() {
        return new InterceptedWrites(node.ksm, (file, text) -> {
            node.ksm.write(file, text);
            if (file.equals(Knob.PAGES_TO_SCAN.file())) {
                node.ksm.with(Knob.PAGES_TO_SCAN, 64);
            }
        });
    }

    @Test
    void givesWayAlsoToSomebodyWhoIsTooQuickForItsWritesToBeReadBack() {
        node.tell(NodeUnderTest.fixed(2000, 10));
        agent = node.start(quicker());
        KsmNodeStatus status = peace(Duration.ofMinutes(2));

        assertThat(status.state()).isEqualTo(State.CONTENDED);
        assertThat(status.message()).startsWith("Somebody else keeps changing KSM here (pages_to_scan 2000 -> 64): ");
        assertThat(node.ksm.writes())
                .as("the first one, and three that put it back")
                .hasSize(4);
    }

    @Test
    void namesWhoItIsAndWhatWasChanged() {
        ksmtunedRuns();
        KsmNodeStatus status = fight(Duration.ofMinutes(1));

        assertThat(status.message())
                .startsWith(
                        "Somebody else keeps changing KSM here (pages_to_scan 1000 -> 64): ksmtuned (pid 812) runs on this host.");
        assertThat(condition(status, "Contended"))
                .returns("True", Condition::getStatus)
                .returns("Ksmtuned", Condition::getReason)
                .returns(status.message(), Condition::getMessage);
        assertThat(condition(status, "Ready")).returns("False", Condition::getStatus);
        assertThat(condition(status, "Stalled")).returns("True", Condition::getStatus);
    }

    @Test
    void namesNobodyWhereNoneOfTheKnownOnesRuns() {
        assertThat(condition(fight(Duration.ofMinutes(1)), "Contended").getReason())
                .isEqualTo("UnknownWriter");
    }

    @Test
    void tellsTheApiServerOnceAndThenOnlyThatItIsAlive() {
        fight(Duration.ofMinutes(1));
        int before = node.reports.size();
        fight(Duration.ofMinutes(14));

        assertThat(node.reports.size() - before).isLessThanOrEqualTo(8);
    }

    @Test
    void comesBackWhereTheWriterHasGone() {
        ksmtunedRuns();
        fight(Duration.ofMinutes(1));
        proc.end(KSMTUNED);
        KsmNodeStatus status = peace(Duration.ofMinutes(2));

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.message())
                .startsWith("ksmd looks at 1000 pages every 10 ms. Back since 00:0")
                .endsWith(" UTC, as ksmtuned (pid 812) has gone.");
        assertThat(status.conditions()).noneMatch(c -> c.getType().equals("Contended"));
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(1000);
    }

    @Test
    void waitsWhileTheWriterStillRunsThoughItIsQuiet() {
        ksmtunedRuns();
        fight(Duration.ofMinutes(1));

        assertThat(peace(Duration.ofMinutes(13)).state()).isEqualTo(State.CONTENDED);
    }

    @Test
    void triesAgainAfterAQuarterOfAnHourAndSaysSo() {
        fight(Duration.ofMinutes(1));
        KsmNodeStatus status = peace(Duration.ofMinutes(15));

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(status.message())
                .isEqualTo(
                        "ksmd looks at 1000 pages every 10 ms. Back since 00:15 UTC, to see whether somebody else still changes it.");
    }

    @Test
    void saysNoMoreOfItAfterAnHourOfPeace() {
        fight(Duration.ofMinutes(1));

        assertThat(peace(Duration.ofMinutes(77)).message()).isEqualTo("ksmd looks at 1000 pages every 10 ms.");
    }

    @Test
    void writesNoMoreThan30TimesInAnyHourHoweverLongTheFight() {
        node.ksm.clearWrites();
        for (int second = 0; second < 3600; second++) {
            node.pass(Duration.ofSeconds(1));
            node.ksm
                    .with(Knob.PAGES_TO_SCAN, 64)
                    .with(Knob.RUN, 0)
                    .with(Knob.SLEEP_MILLISECS, 77)
                    .with(Knob.SMART_SCAN, 0)
                    .with(Knob.USE_ZERO_PAGES, 1)
                    .with(Knob.MERGE_ACROSS_NODES, 0)
                    .with(Knob.MAX_PAGE_SHARING, 512)
                    .with(Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, 77);
            agent.round();
        }

        assertThat(node.ksm.writes())
                .as("three rounds of eight settings; a fourth would make 32")
                .hasSize(24);
    }

    @Test
    void writesNoMoreThan30TimesInAnyHourAlsoWhereMemoryIsUnmergedForIt() {
        Tunables numa = new Tunables(false, null, null, null, null, null);
        node.tell(NodeUnderTest.fixed(1000, 10, numa, NodeUnderTest.ALLOWED));
        agent.round();
        node.ksm.clearWrites();
        for (int second = 0; second < 3600; second++) {
            node.pass(Duration.ofSeconds(1));
            node.ksm
                    .with(Counter.PAGES_SHARED, 1)
                    .with(Counter.PAGES_SHARING, 1)
                    .with(Knob.MERGE_ACROSS_NODES, 1)
                    .with(Knob.PAGES_TO_SCAN, 64)
                    .with(Knob.RUN, 1)
                    .with(Knob.SLEEP_MILLISECS, 77)
                    .with(Knob.SMART_SCAN, 0)
                    .with(Knob.USE_ZERO_PAGES, 1);
            agent.round();
        }

        assertThat(node.ksm.writes()).contains("run=2").hasSizeBetween(10, 30);
    }

    @Test
    void appliesWhatIsNewlyAskedForAtOnceEvenWhileWayIsGiven() {
        fight(Duration.ofMinutes(1));
        node.tell(NodeUnderTest.fixed(2000, 10));
        KsmNodeStatus status = agent.round();

        assertThat(status.state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(2000);
    }

    @Test
    void givesWayAgainAtOnceWhereTheWriterGoesOnAfterANewPolicy() {
        fight(Duration.ofMinutes(1));
        node.tell(NodeUnderTest.fixed(2000, 10));
        agent.round();
        node.ksm.clearWrites();

        assertThat(fight(Duration.ofSeconds(2)).state()).isEqualTo(State.CONTENDED);
        assertThat(node.ksm.writes()).isEmpty();
    }

    @Test
    void restoresANodeAtOnceThatIsReleasedWhileWayIsGiven() {
        fight(Duration.ofMinutes(1));
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        KsmNodeStatus status = agent.round();

        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(333);
    }

    @Test
    void restoresANodeFiveMinutesAfterItsKsmNodeWentThoughWayIsGiven() {
        fight(Duration.ofMinutes(1));
        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofMinutes(5));
        KsmNodeStatus status = agent.round();

        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(333);
    }

    @Test
    void leavesTheOriginalsAloneWhileWayIsGiven() {
        fight(Duration.ofMinutes(1));

        assertThat(node.state.resolve("originals")).content().contains("pages_to_scan 333");
    }

    @Test
    void isContentWhereSomebodyElseSetsWhatIsWanted() {
        fight(Duration.ofMinutes(1));
        node.ksm.with(Knob.PAGES_TO_SCAN, 1000);

        assertThat(peace(Duration.ofMinutes(15)).state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.writes()).hasSize(3);
    }

    @Test
    void doesNotTakeItsOwnOrdersForSomebodyElses() {
        for (int pages = 1001; pages < 1010; pages++) {
            node.tell(NodeUnderTest.fixed(pages, 10));
            agent.round();
            node.pass(Duration.ofSeconds(1));
        }

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isZero();
    }

    @Test
    void doesNotTakeTheAdvisorsWorkForSomebodyElses() {
        node.tell(NodeUnderTest.advisor());
        agent.round();
        for (int pages = 600; pages < 20_000; pages += 500) {
            node.ksm.with(Knob.PAGES_TO_SCAN, pages);
            peace(Duration.ofSeconds(1));
        }
        node.tell(NodeUnderTest.fixed(1000, 10));
        peace(Duration.ofSeconds(5));

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isZero();
    }

    @Test
    void hasNothingAgainstOthersWhereThePolicyOnlyWantsReports() {
        node.tell(NodeUnderTest.mode(Mode.OBSERVE, NodeUnderTest.FORBIDDEN));
        agent.round();
        KsmNodeStatus status = fight(Duration.ofMinutes(5));

        assertThat(status.state()).isEqualTo(State.OBSERVING);
        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isZero();
    }

    @Test
    void takesMemoryThatIsBeingTakenOfflineForNobodysDoing() {
        node.ksm.with(Knob.RUN, 5);
        peace(Duration.ofSeconds(5));
        node.ksm.with(Knob.RUN, 1);
        peace(Duration.ofSeconds(5));

        assertThat(node.activity.counted(Deed.FOREIGN_CHANGE)).isZero();
    }

    @Test
    void restoresEverythingAfterAFight() {
        Map<Knob, Long> found =
                new NodeUnderTest(FakeKsm.linux618().with(Knob.PAGES_TO_SCAN, 333), directory.resolve("other")).knobs();
        fight(Duration.ofMinutes(40));
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        node.settle(agent);

        assertThat(node.knobs()).isEqualTo(found);
    }
}
