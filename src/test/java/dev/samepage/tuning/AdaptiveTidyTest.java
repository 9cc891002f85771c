package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.ALL_GONE;
import static dev.samepage.tuning.AdaptiveState.AT_BOUNDARY;
import static dev.samepage.tuning.AdaptiveState.IN_A_LAP;
import static dev.samepage.tuning.AdaptiveState.MERGING_PACE;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.WITH_ONE_GONE;
import static dev.samepage.tuning.AdaptiveState.boosting;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static dev.samepage.tuning.AdaptiveState.tidying;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one sample makes of ksmd as it passes guests that have ended. */
class AdaptiveTidyTest {
    /** As it began in the middle of a lap. */
    private static final Tidying BEGUN = new Tidying(IN_A_LAP, START, START, false, MERGING_PACE);

    private final AdaptiveState state = new AdaptiveState();

    /** After pages have left the counters. */
    private static Tidying fallenTo(Look last) {
        return new Tidying(IN_A_LAP, START, last.reading(), true, MERGING_PACE);
    }

    @Test
    void waitsUntilPagesLeaveTheCounters() {
        Reading now = Look.at(1).scanned(1).reading();

        assertThat(state.step(BEGUN, WITH_ONE_GONE, look(1).scanned(1)).next().doing())
                .isEqualTo(new Tidying(IN_A_LAP, START, now, false, new Pace(2500, 17, 0, 4, List.of(START, now))));
    }

    @Test
    void keepsThePaceThatTheProcessAtHandNeeds() {
        Pace pace = tidying(state.step(
                        BEGUN, WITH_ONE_GONE, lookAtMillis(100).scanned(8000).cpuMillis(56)))
                .pace();

        assertThat(pace.batchPages()).isEqualTo(2500);
        assertThat(pace.dearestPageNanos()).isEqualTo(7000);
    }

    @Test
    void noticesThatPagesLeaveTheCounters() {
        Tidying begun = new Tidying(IN_A_LAP, START, Look.at(0).sharing(10).reading(), false, MERGING_PACE);

        assertThat(tidying(state.step(begun, WITH_ONE_GONE, look(1).scanned(1).sharing(9)))
                        .fell())
                .isTrue();
        assertThat(tidying(state.step(begun, WITH_ONE_GONE, look(1).scanned(1).sharing(10)))
                        .fell())
                .isFalse();
    }

    @Test
    void goesOnAsLongAsPagesLeaveTheCounters() {
        assertThat(tidying(state.step(fallenTo(Look.at(0).sharing(10)), WITH_ONE_GONE, look(1).sharing(9)))
                        .fell())
                .isTrue();
        assertThat(state.phase(
                        fallenTo(Look.at(0).with(Counter.PAGES_UNSHARED, 10)),
                        WITH_ONE_GONE,
                        look(1).with(Counter.PAGES_UNSHARED, 9)))
                .isEqualTo(Phase.TRACK);
    }

    @Test
    void hasPassedThemOnceNoMorePagesLeaveTheCounters() {
        Step step = state.step(fallenTo(Look.at(0).sharing(10)), WITH_ONE_GONE, look(1).sharing(10));

        assertThat(step.next().doing()).isEqualTo(new Resting(START, false, "Done."));
        assertThat(step.next().unseen().goneBytes()).isZero();
    }

    @Test
    void hasPassedThemAtTheEndOfTheLap() {
        assertThat(state.step(BEGUN, WITH_ONE_GONE, look(1).laps(1))
                        .next()
                        .unseen()
                        .goneBytes())
                .isZero();
    }

    @Test
    void hasPassedThemAfterTwiceTheLargestGuest() {
        assertThat(state.phase(BEGUN, WITH_ONE_GONE, look(1).scanned(51_200))).isEqualTo(Phase.TRACK);
        assertThat(state.step(BEGUN, WITH_ONE_GONE, look(1).scanned(51_201))
                        .next()
                        .unseen()
                        .goneBytes())
                .isZero();
    }

    @Test
    void standsAtABoundaryWhereNoGuestIsLeft() {
        assertThat(state.step(fallenTo(Look.at(0)), ALL_GONE, Look.at(1)).next().doing())
                .isEqualTo(new Resting(Look.at(1).reading(), true, "Done."));
    }

    @Test
    void givesUpWhereKsmdHasNotMovedForFiveSeconds() {
        assertThat(state.phase(BEGUN, WITH_ONE_GONE, look(5))).isEqualTo(Phase.TRACK);
        Step step = state.step(BEGUN, WITH_ONE_GONE, lookAtMillis(5001));

        assertThat(step.next().doing()).isEqualTo(new Resting(START, false, "Done."));
        assertThat(step.next().unseen().goneBytes()).isEqualTo(100 * Given.MEBIBYTE);
        assertThat(step.next().unseen().goneAtNanos()).isEqualTo(5_001_000_000L);
    }

    @Test
    void takesItsTimeWhereKsmdMoves() {
        assertThat(state.phase(BEGUN, WITH_ONE_GONE, look(50).scanned(1))).isEqualTo(Phase.TRACK);
    }

    @Test
    void makesWayForABoostFromTheMiddleOfTheLap() {
        Tidying betweenLaps = new Tidying(AT_BOUNDARY, START, START, false, MERGING_PACE);
        Unseen unseen = WITH_ONE_GONE.next(look(0).guest(3, 100).sample());

        assertThat(state.phase(betweenLaps, unseen, lookAtMillis(999).guest(3, 100)))
                .isEqualTo(Phase.TRACK);
        assertThat(boosting(state.step(betweenLaps, unseen, look(1).guest(3, 100)))
                        .fromBoundary())
                .isFalse();
    }
}
