package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.NEW;
import static dev.samepage.tuning.AdaptiveState.PACE;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.boosting;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one sample makes of a boost before its end. */
class AdaptiveBoostTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;
    private static final Prospect PROSPECT = new Prospect(100 * MEBIBYTE, 0, 50 * MEBIBYTE, 1, 64 * MEBIBYTE);

    private final AdaptiveState state = new AdaptiveState();

    private static Lap lap() {
        return Lap.begin(START, 25_600);
    }

    /** From a boundary. */
    private static Boosting inLap(int number) {
        return new Boosting(START, true, number, lap(), PACE, 0, PROSPECT, true, false, "For something.");
    }

    private static Boosting fromTheMiddle(int number) {
        return new Boosting(START, false, number, lap(), PACE, 0, PROSPECT, true, false, "For something.");
    }

    @Test
    void goesOnWithItsLap() {
        Step step = state.step(inLap(1), SEEN, lookAtMillis(100).scanned(8000).cpuMillis(70));

        assertThat(boosting(step).lapNumber()).isEqualTo(1);
        assertThat(boosting(step).lap().share()).hasValue(0.3125);
        assertThat(boosting(step).pace().recent()).hasSize(2);
        assertThat(step.lapPercent()).hasValue(31);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, 5000", "true, 2, 2500", "false, 0, 2500", "false, 1, 2500", "false, 2, 2500"})
    void batchesAreForNewPairsWhereverTheyMayBeMet(boolean fromBoundary, int lapNumber, long batchPages) {
        Boosting boosting =
                new Boosting(START, fromBoundary, lapNumber, lap(), PACE, 0, PROSPECT, true, false, "For something.");

        assertThat(boosting(state.step(
                                boosting, SEEN, lookAtMillis(100).scanned(8000).cpuMillis(56)))
                        .pace()
                        .batchPages())
                .isEqualTo(batchPages);
    }

    @Test
    void addsUpWhatItsLapsMerge() {
        Boosting boosting = new Boosting(START, true, 1, lap(), PACE, 100, PROSPECT, true, false, "For something.");

        assertThat(boosting(state.step(boosting, SEEN, look(5).laps(1).sharing(50)))
                        .gainedPages())
                .isEqualTo(150);
    }

    @Test
    void theLapAfterTheRestOfOneSeesAllThatIsThere() {
        Step step = state.step(fromTheMiddle(0), NEW, look(5).laps(1).cow(7));

        assertThat(boosting(step).lapNumber()).isEqualTo(1);
        assertThat(boosting(step).pace().batchPages()).isEqualTo(2500);
        assertThat(step.next().unseen().bytes()).isZero();
        assertThat(step.next().cowSeen()).isEqualTo(7);
    }

    @Test
    void theLastLapIsMadeInBatchesForNewPairs() {
        Step step = state.step(inLap(1), SEEN, Look.at(5).guest(1, 130).laps(1).cow(7));

        assertThat(boosting(step).lapNumber()).isEqualTo(2);
        assertThat(boosting(step).pace().batchPages()).isEqualTo(2500);
        assertThat(step.next().unseen().bytes()).isEqualTo(30 * MEBIBYTE);
        assertThat(step.next().unseen().metBytes()).isEqualTo(30 * MEBIBYTE);
        assertThat(step.next().cowSeen()).isNull();
    }

    @Test
    void restsWhereKsmdFindsNothingToLookAt() {
        assertThat(state.phase(inLap(1), NEW, look(30).running())).isEqualTo(Phase.BOOST);
        Step step = state.step(inLap(1), NEW, lookAtMillis(30_001).running());

        assertThat(step.next().doing())
                .isEqualTo(new Resting(Look.atMillis(30_001).reading(), false, "ksmd has found no memory to look at."));
        assertThat(step.next().unseen().bytes()).isZero();
    }

    @Test
    void takesNothingForSeenWhereKsmdStandsStillThoughThereAreGuests() {
        Look still = lookAtMillis(30_001).running().with(Counter.PAGES_UNSHARED, 25_600);
        Step step = state.step(inLap(2), SEEN, still);

        assertThat(step.why()).isEqualTo("ksmd got no further for 30 s, and is started again later.");
        assertThat(step.next().unseen().bytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(step.next().experience().barrenBoosts()).isEqualTo(1);
    }

    @Test
    void waitsForKsmdWhereThatDoesNotRun() {
        assertThat(state.phase(inLap(1), NEW, look(300))).isEqualTo(Phase.BOOST);
    }

    @Test
    void passesWhatIsLeftWhereAllGuestsHaveEnded() {
        Reading now = Look.at(5).reading();
        Tidying tidying = new Tidying(
                new Resting(now, false, "All guests have ended."),
                now,
                now,
                false,
                new Pace(2500, 17, 0, 4, List.of(now)));

        assertThat(state.step(inLap(1), SEEN, Look.at(5)).next().doing()).isEqualTo(tidying);
        assertThat(state.step(new Tracking(lap(), PACE, 0, Reason.UNPROVEN, false), SEEN, Look.at(5))
                        .next()
                        .doing())
                .isEqualTo(tidying);
    }
}
