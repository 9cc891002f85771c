package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.Unmerger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node where ksmd runs, ten pages are merged, and merge_across_nodes is to become 0. */
class UnmergeProcedureTest {
    private static final Action.Unmerge ASKED = new Action.Unmerge(
            40_960,
            10,
            true,
            List.of(
                    new Action.Set(Knob.MERGE_ACROSS_NODES, 0),
                    new Action.Set(Knob.SLEEP_MILLISECS, 10),
                    new Action.Set(Knob.RUN, 1)));
    private static final String HASH = "asked";

    @TempDir
    Path directory;

    private final FakeKsm ksm = FakeKsm.linux618().with(Knob.RUN, 1).merge(10);
    private final Outcome outcome = new Outcome(Map.of());
    private final List<String> begun = new ArrayList<>();
    private UnmergeResult result = new UnmergeResult.Unmerged();
    private final NodeClock clock = new NodeClock();
    private boolean asked = true;
    private boolean dies;
    private List<String> pauses = List.of();
    private int unknownLimits;
    private UnmergeProcedure procedure;

    @BeforeEach
    void setUp() {
        procedure = procedureOfANewAgent();
    }

    private UnmergeProcedure procedureOfANewAgent() {
        Host host = new Host(new Ksm(ksm), new HostProc(directory), new Guests(directory, clock), this::unmerge, clock);
        return new UnmergeProcedure(
                host,
                new KnobWriter("worker-3", new Ksm(ksm), new Activity()),
                new StateDirectory(directory.resolve("state")),
                _ -> asked);
    }

    private UnmergeResult unmerge(int reservePercent, boolean onlyIfGuestsGone, Unmerger.Caller caller) {
        assertThat(reservePercent).isEqualTo(10);
        assertThat(onlyIfGuestsGone).isTrue();
        if (result instanceof UnmergeResult.TooLittle || result instanceof UnmergeResult.NotAllowed) {
            return result;
        }
        if (!caller.begins(unknownLimits) || !caller.stillWants()) {
            return new UnmergeResult.CalledOff();
        }
        pauses.forEach(caller::pauses);
        if (dies) {
            throw new SuddenDeath.Killed();
        }
        try {
            if (result instanceof UnmergeResult.Unmerged) {
                ksm.write("run", "2");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    private boolean run() {
        return procedure.run(ASKED, HASH, begun::add, outcome);
    }

    @Test
    void stopsUnmergesSetsAndStartsInThisOrder() {
        assertThat(run()).isTrue();

        assertThat(outcome.failures()).isEmpty();
        assertThat(ksm.writes())
                .containsExactly("run=0", "run=2", "merge_across_nodes=0", "sleep_millisecs=10", "run=1");
    }

    @Test
    void doesNotStopWhatStandsStill() {
        ksm.with(Knob.RUN, 0);

        run();

        assertThat(ksm.writes()).first().isEqualTo("run=2");
    }

    @Test
    void unmergesNothingWhereKsmdCannotBeStopped() {
        ksm.refuse(Knob.RUN, Errno.EROFS);

        assertThat(run()).isFalse();

        assertThat(ksm.writes()).isEmpty();
        assertThat(begun).isEmpty();
        assertThat(outcome.failures()).hasSize(1).first().asString().startsWith("run=0 refused on worker-3: EROFS");
    }

    @Test
    void leavesKsmdAloneAndSetsTheRestWhereThereIsTooLittleMemory() {
        result = new UnmergeResult.TooLittle("needed 2 MiB, available 1 MiB, reserve 1 MiB: 2 MiB short", "Do this.");

        run();

        assertThat(ksm.writes()).containsExactly("sleep_millisecs=10", "run=1");
        assertThat(begun).isEmpty();
        assertThat(outcome.failures())
                .containsExactly(
                        "Un-merging refused: needed 2 MiB, available 1 MiB, reserve 1 MiB: 2 MiB short. Do this.");
    }

    @Test
    void saysWhichSettingTheKernelDidNotTakeInSpiteOfAll() {
        ksm.refuse(Knob.MERGE_ACROSS_NODES, Errno.EBUSY);

        run();

        assertThat(outcome.failures())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("merge_across_nodes=0 refused on worker-3: EBUSY");
        assertThat(ksm.value(Knob.RUN)).isEqualTo(1);
    }

    @Test
    void holdsARefusalBackForAMinute() {
        result = new UnmergeResult.TooLittle("needed 2 MiB", "Do this.");
        run();

        clock.pass(Duration.ofSeconds(59));
        assertThat(procedure.heldBack(HASH)).contains("Un-merging refused: needed 2 MiB. Do this.");
        clock.pass(Duration.ofSeconds(1));
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void holdsAFailureBackForAMinute() {
        result = new UnmergeResult.Failed("the child process did not start in time");
        run();

        clock.pass(Duration.ofSeconds(59));
        assertThat(procedure.heldBack(HASH))
                .contains(
                        "Un-merging did not end on worker-3: the child process did not start in time. It goes on at the next try.");
        clock.pass(Duration.ofSeconds(1));
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void holdsBackForAnHourWhatSomebodyMergesAgain() {
        result = new UnmergeResult.StillMerged(7, 0);
        run();

        clock.pass(Duration.ofMinutes(59));
        assertThat(procedure.heldBack(HASH))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("Un-merging did not end on worker-3: it was done, but 7 pages")
                        .endsWith(" Next try at 2026-01-01T01:00:00Z."));
    }

    @Test
    void holdsNothingBackThatIsAskedForAnew() {
        result = new UnmergeResult.StillMerged(7, 0);
        run();

        assertThat(procedure.heldBack("something else")).isEmpty();
    }

    @Test
    void holdsNothingBackWhereTheClockWasPutBack() {
        result = new UnmergeResult.StillMerged(7, 0);
        run();

        clock.set(Duration.ofDays(-1));
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void startsKsmdAgainWhereItWasGivenUp() {
        result = new UnmergeResult.StillMerged(7, 0);

        run();

        assertThat(ksm.writes()).containsExactly("run=0", "sleep_millisecs=10", "run=1");
    }

    @Test
    void saysThatItBegins() {
        run();

        assertThat(begun).containsExactly("Every guest gets its own pages back; this may take minutes.");
    }

    @Test
    void saysOfHowManyGuestsNobodyKnowsWhetherTheirLimitsAllowIt() {
        unknownLimits = 2;

        run();

        assertThat(begun)
                .containsExactly(
                        "Every guest gets its own pages back; this may take minutes. Of 2 guests nobody can tell"
                                + " whether their memory limits allow it.");
    }

    @Test
    void saysThatItWasStoppedForAWhile() {
        pauses = List.of("Un-merging stopped. It goes on in 2 s.");

        run();

        assertThat(begun)
                .containsExactly(
                        "Every guest gets its own pages back; this may take minutes.",
                        "Un-merging stopped. It goes on in 2 s.");
    }

    @Test
    void startsKsmdAgainWhereItIsCalledOff() {
        asked = false;

        assertThat(run()).isFalse();

        assertThat(ksm.writes()).containsExactly("run=0", "sleep_millisecs=10", "run=1");
        assertThat(outcome.failures())
                .containsExactly(
                        "Un-merging called off on worker-3: something else is wanted by now, or this program ends.");
    }

    @Test
    void setsTheRestWhereItIsNotAllowedAnyMore() {
        result = new UnmergeResult.NotAllowed();

        assertThat(run()).isTrue();

        assertThat(ksm.writes()).containsExactly("sleep_millisecs=10", "run=1");
        assertThat(outcome.failures())
                .containsExactly(
                        "Un-merging refused: it is allowed only where all guests are gone, and one may have come. Allow it"
                                + " (unmerge.allowed: true), or wait until the guests are gone.");
    }

    @Test
    void callsItOffWhereTheAgentEnds() {
        procedure.end();

        assertThat(run()).isFalse();
    }

    @Test
    void holdsNothingBackThatWasCalledOff() {
        asked = false;
        run();

        assertThat(procedure.heldBack(HASH)).isEmpty();
        assertThat(directory.resolve("state/unmerge")).doesNotExist();
    }

    @Test
    void anAgentThatStartsLaterHoldsBackWhatWasGivenUp() {
        result = new UnmergeResult.StillMerged(7, 0);
        run();
        procedure = procedureOfANewAgent();

        clock.pass(Duration.ofMinutes(59));
        assertThat(procedure.heldBack(HASH))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("Un-merging did not end on worker-3: it was done, but 7 pages")
                        .endsWith(" Next try at 2026-01-01T01:00:00Z."));
        clock.pass(Duration.ofMinutes(1));
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    private void endTheAgentInTheMidst() {
        dies = true;
        assertThatThrownBy(this::run).isInstanceOf(SuddenDeath.Killed.class);
        dies = false;
        procedure = procedureOfANewAgent();
    }

    @Test
    void anAgentGoesOnWithWhatOneBeforeItDidNotEnd() {
        endTheAgentInTheMidst();

        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void anAgentHoldsBackForAnHourWhatTwoBeforeItDidNotLiveToSeeTheEndOf() {
        endTheAgentInTheMidst();
        endTheAgentInTheMidst();

        assertThat(procedure.heldBack(HASH))
                .contains(
                        "Un-merging did not end on worker-3: 2 times the agent itself was ended in the midst, as happens"
                                + " when memory runs out. Free memory or move a guest away. Next try at 2026-01-01T01:00:00Z.");
        clock.pass(Duration.ofHours(1));
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void forgetsEverythingOnceItIsDone() {
        endTheAgentInTheMidst();

        run();

        assertThat(directory.resolve("state/unmerge")).doesNotExist();
    }

    @Test
    void passesOverANoteThatMakesNoSense() throws IOException {
        Files.createDirectories(directory.resolve("state"));
        Files.writeString(directory.resolve("state/unmerge"), "somebody's shopping list");

        procedure = procedureOfANewAgent();

        assertThat(procedure.heldBack(HASH)).isEmpty();
        assertThat(run()).isTrue();
    }
}
