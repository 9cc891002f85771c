package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.IN_A_LAP;
import static dev.samepage.tuning.AdaptiveState.MERGING_PACE;
import static dev.samepage.tuning.AdaptiveState.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Pace.Work;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoingTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;
    private static final Prospect PROSPECT = new Prospect(100 * MEBIBYTE, 0, 50 * MEBIBYTE, 3, 64 * MEBIBYTE);

    private static Boosting boosting(Prospect prospect, Lap lap, long gainedPages) {
        return new Boosting(START, true, 2, lap, MERGING_PACE, gainedPages, prospect, true, true, "For something.");
    }

    @Test
    void aRestIsAtTheBoundaryAtWhichKsmdWasStopped() {
        Reading since = Look.at(0).scanned(500).reading();
        Reading later = Look.at(9).scanned(500).reading();

        assertThat(new Resting(since, true, "Done.").isAtBoundary(later)).isTrue();
        assertThat(new Resting(since, false, "Done.").isAtBoundary(later)).isFalse();
    }

    @Test
    void aRestIsAtNoBoundaryOnceSomebodyElseHadKsmdScan() {
        Reading since = Look.at(0).scanned(500).reading();

        assertThat(new Resting(since, true, "Done.")
                        .isAtBoundary(Look.at(9).scanned(501).reading()))
                .isFalse();
    }

    @Test
    void aRestIsTakenAtItsWordWhereTheKernelDoesNotCountPages() {
        Reading uncounted = Look.at(0).uncounted().reading();

        assertThat(new Resting(uncounted, true, "Done.").isAtBoundary(uncounted))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"true, 1, MEETING", "true, 2, MERGING", "false, 0, MERGING", "false, 1, MERGING", "false, 2, MERGING"})
    void onlyTheFirstLapFromABoundaryMergesNothing(boolean fromBoundary, int lapNumber, Work work) {
        assertThat(Boosting.work(fromBoundary, lapNumber)).isEqualTo(work);
    }

    @Test
    void aBoostComesToWhatItsLapsHaveMerged() {
        Lap lap = Lap.begin(START, 25_600)
                .next(Look.at(1).sharing(300).reading(), true)
                .next(Look.at(2).sharing(256).reading(), true);

        // 20 pages are new pairs.
        assertThat(boosting(PROSPECT, lap, 100)
                        .outcome(
                                Look.at(2)
                                        .sharing(256)
                                        .with(Counter.PAGES_SHARED, 20)
                                        .cpuMillis(2500)
                                        .reading(),
                                4096))
                .isEqualTo(new Experience.Outcome(50 * MEBIBYTE, 400 * 4096, 2.5, 0.05, false, true));
    }

    @Test
    void aBoostTakesAsLongAsExpectedWhereKsmdCannotBeSeen() {
        assertThat(boosting(PROSPECT, Lap.begin(START, 25_600), 100)
                        .outcome(Look.at(2).cpuHidden().reading(), 4096)
                        .cpuSeconds())
                .isEqualTo(3);
    }

    @Test
    void aBoostForWhatWasWrittenToComesToThatAndWhatIsMerged() {
        Prospect eroded = new Prospect(0, 20 * MEBIBYTE, 10 * MEBIBYTE, 3, 64 * MEBIBYTE);

        assertThat(boosting(eroded, Lap.begin(START, 25_600), 100)
                        .outcome(Look.at(2).sharing(256).cpuMillis(2500).reading(), 4096))
                .isEqualTo(new Experience.Outcome(10 * MEBIBYTE, 21 * MEBIBYTE, 2.5, 0, true, true));
    }

    @Test
    void everythingMayBeAPairWhereNothingHasMerged() {
        assertThat(boosting(PROSPECT, Lap.begin(START, 25_600), 0)
                        .outcome(Look.at(2).with(Counter.PAGES_SHARED, 20).reading(), 4096)
                        .pairShare())
                .isEqualTo(1);
    }

    @Test
    void pairsAreNoMoreThanWhatHasMergedAndNeverLessThanNone() {
        Reading shared = Look.at(2).with(Counter.PAGES_SHARED, 20).reading();

        assertThat(boosting(PROSPECT, Lap.begin(START, 25_600), 10)
                        .outcome(shared, 4096)
                        .pairShare())
                .isEqualTo(1);
        assertThat(boosting(PROSPECT, Lap.begin(shared, 25_600), 10)
                        .outcome(START, 4096)
                        .pairShare())
                .isZero();
    }

    @Test
    void tidyingBeginsWithoutAnythingFallen() {
        assertThat(Tidying.begin(IN_A_LAP, START, MERGING_PACE))
                .isEqualTo(new Tidying(IN_A_LAP, START, START, false, MERGING_PACE));
    }

    @Test
    void tidyingRemembersThatPagesHaveLeftTheCounters() {
        Tidying fallen = new Tidying(IN_A_LAP, START, Look.at(0).sharing(10).reading(), false, MERGING_PACE)
                .next(Look.at(1).sharing(9).reading(), MERGING_PACE);

        assertThat(fallen.fell()).isTrue();
        assertThat(fallen.isFalling(Look.at(2).sharing(9).reading())).isFalse();
        assertThat(fallen.next(Look.at(2).sharing(9).reading(), MERGING_PACE).fell())
                .isTrue();
    }

    @Test
    void tidyingHasFartherToGoWhereKsmdMovesAndNothingFalls() {
        Reading moved = Look.at(1).scanned(64).reading();

        assertThat(new Tidying(IN_A_LAP, START, moved, false, MERGING_PACE).hasFartherToGo())
                .isTrue();
        assertThat(new Tidying(IN_A_LAP, START, moved, true, MERGING_PACE).hasFartherToGo())
                .isFalse();
        assertThat(new Tidying(IN_A_LAP, START, Look.at(1).reading(), false, MERGING_PACE).hasFartherToGo())
                .isFalse();
    }
}
