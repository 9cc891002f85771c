package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A node where ksmd runs, ten pages are merged, and merge_across_nodes is to become 0. */
class UnmergeProcedureTest {
    private static final Action.Unmerge ASKED = new Action.Unmerge(
            40_960,
            10,
            List.of(
                    new Action.Set(Knob.MERGE_ACROSS_NODES, 0),
                    new Action.Set(Knob.SLEEP_MILLISECS, 10),
                    new Action.Set(Knob.RUN, 1)));
    private static final String HASH = "asked";

    private final FakeKsm ksm = FakeKsm.linux618().with(Knob.RUN, 1).merge(10);
    private final Outcome outcome = new Outcome(Map.of());
    private UnmergeResult result = new UnmergeResult.Unmerged();
    private Instant now = Instant.EPOCH;
    private final UnmergeProcedure procedure = new UnmergeProcedure(
            "worker-3",
            new Ksm(ksm),
            this::unmerge,
            new KnobWriter("worker-3", new Ksm(ksm), new Activity()),
            () -> now);

    private UnmergeResult unmerge(int reservePercent, Consumer<String> progress) {
        assertThat(reservePercent).isEqualTo(10);
        try {
            if (result instanceof UnmergeResult.Unmerged) {
                ksm.write("run", "2");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return result;
    }

    @Test
    void stopsUnmergesSetsAndStartsInThisOrder() {
        assertThat(procedure.run(ASKED, HASH, outcome)).isTrue();

        assertThat(outcome.failures()).isEmpty();
        assertThat(ksm.writes())
                .containsExactly("run=0", "run=2", "merge_across_nodes=0", "sleep_millisecs=10", "run=1");
    }

    @Test
    void doesNotStopWhatStandsStill() {
        ksm.with(Knob.RUN, 0);

        procedure.run(ASKED, HASH, outcome);

        assertThat(ksm.writes()).first().isEqualTo("run=2");
    }

    @Test
    void unmergesNothingWhereKsmdCannotBeStopped() {
        ksm.refuse(Knob.RUN, Errno.EROFS);

        assertThat(procedure.run(ASKED, HASH, outcome)).isFalse();

        assertThat(ksm.writes()).isEmpty();
        assertThat(outcome.failures()).hasSize(1).first().asString().startsWith("run=0 refused on worker-3: EROFS");
    }

    @Test
    void startsKsmdAgainAndSetsTheRestWhereThereIsTooLittleMemory() {
        result = new UnmergeResult.TooLittle("needed 2 MiB, available 1 MiB, reserve 1 MiB: 2 MiB short", "Do this.");

        procedure.run(ASKED, HASH, outcome);

        assertThat(ksm.writes()).containsExactly("run=0", "sleep_millisecs=10", "run=1");
        assertThat(outcome.failures())
                .containsExactly(
                        "Un-merging refused on worker-3: needed 2 MiB, available 1 MiB, reserve 1 MiB: 2 MiB short. Do this.");
    }

    @Test
    void saysWhichSettingTheKernelDidNotTakeInSpiteOfAll() {
        ksm.refuse(Knob.MERGE_ACROSS_NODES, Errno.EBUSY);

        procedure.run(ASKED, HASH, outcome);

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
        procedure.run(ASKED, HASH, outcome);

        now = now.plusSeconds(59);
        assertThat(procedure.heldBack(HASH)).contains("Un-merging refused on worker-3: needed 2 MiB. Do this.");
        now = now.plusSeconds(1);
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void holdsAFailureBackForAMinute() {
        result = new UnmergeResult.Failed("the child process did not start in time");
        procedure.run(ASKED, HASH, outcome);

        now = now.plusSeconds(59);
        assertThat(procedure.heldBack(HASH))
                .contains(
                        "Un-merging did not end on worker-3: the child process did not start in time. It goes on at the next try.");
        now = now.plusSeconds(1);
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }

    @Test
    void holdsBackForAnHourWhatSomebodyMergesAgain() {
        result = new UnmergeResult.StillMerged(7, 0);
        procedure.run(ASKED, HASH, outcome);

        now = now.plus(Duration.ofMinutes(59));
        assertThat(procedure.heldBack(HASH))
                .hasValueSatisfying(why -> assertThat(why)
                        .startsWith("Un-merging did not end on worker-3: it was done, but 7 pages")
                        .endsWith(" Next try at 1970-01-01T01:00:00Z."));
    }

    @Test
    void holdsNothingBackThatIsAskedForAnew() {
        result = new UnmergeResult.StillMerged(7, 0);
        procedure.run(ASKED, HASH, outcome);

        assertThat(procedure.heldBack("something else")).isEmpty();
    }

    @Test
    void holdsNothingBackWhereTheClockWasPutBack() {
        now = Instant.EPOCH.plus(Duration.ofDays(1));
        result = new UnmergeResult.StillMerged(7, 0);
        procedure.run(ASKED, HASH, outcome);

        now = Instant.EPOCH;
        assertThat(procedure.heldBack(HASH)).isEmpty();
    }
}
