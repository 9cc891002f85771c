package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.MERGING_PACE;
import static dev.samepage.tuning.AdaptiveState.PACE;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.SETTINGS;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static dev.samepage.tuning.AdaptiveState.resting;
import static dev.samepage.tuning.AdaptiveState.tracking;
import static dev.samepage.tuning.AdaptiveState.withPairShare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Tracking;
import org.junit.jupiter.api.Test;

/** What one sample makes of further laps. */
class AdaptiveTrackTest {
    private final AdaptiveState state = new AdaptiveState();

    /** Which is given up where it does not pay. */
    private static Tracking impatient() {
        return new Tracking(Lap.begin(START, 10_000), MERGING_PACE, 4321, false, false);
    }

    /** Which is made to its end. */
    private static Tracking patient(boolean thorough) {
        return new Tracking(Lap.begin(START, 10_000), MERGING_PACE, 4321, true, thorough);
    }

    @Test
    void givesUpALapThatHasNotPaidAfterFifteenPerCentOfIt() {
        assertThat(state.phase(impatient(), SEEN, look(1).scanned(1499).cpuMillis(700)))
                .isEqualTo(Phase.TRACK);
        Step step = state.step(impatient(), SEEN, look(1).scanned(1500).cpuMillis(700));

        assertThat(step.why()).isEqualTo("A further lap did not pay.");
        assertThat(resting(step).stoppedAtBoundary()).isFalse();
        assertThat(step.next().experience().volatilePages()).isEqualTo(4321);
    }

    @Test
    void goesOnWithALapThatIsMadeToItsEnd() {
        Step step = state.step(patient(true), SEEN, look(1).scanned(8000).cpuMillis(700));

        assertThat(tracking(step).patient()).isTrue();
        assertThat(tracking(step).thorough()).isTrue();
        assertThat(tracking(step).changedPages()).isEqualTo(4321);
        assertThat(tracking(step).lap().share()).hasValue(0.8);
        assertThat(tracking(step).pace().recent()).hasSize(2);
    }

    @Test
    void keepsItsPaceWhereKsmdIsSlowedDownForTheEndOfTheLap() {
        // 4000 pages are less than a batch.
        Tracking nearItsEnd = new Tracking(Lap.begin(START, 4000), PACE, 0, true, true);
        Step step = state.step(nearItsEnd, SEEN, lookAtMillis(100).scanned(3000).cpuMillis(90));

        assertThat(tracking(step).pace()).isEqualTo(PACE);
    }

    @Test
    void goesOnWithALapThatSavesTheFloorForEachSecond() {
        assertThat(state.phase(
                        impatient(), SEEN, look(2).scanned(5000).cpuMillis(1000).sharing(16_384)))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(
                        impatient(), SEEN, look(2).scanned(5000).cpuMillis(1000).sharing(16_383)))
                .isEqualTo(Phase.REST);
    }

    @Test
    void givesUpByKsmdsCpuTimeWhereTheKernelDoesNotTellHowFarALapIs() {
        state.last = uncounted(0).reading();
        Tracking tracking = new Tracking(Lap.begin(state.last, 25_600), MERGING_PACE, 4321, false, false);

        // The lap over 25,600 unmerged pages is reckoned to take 128 ms.
        assertThat(state.phase(tracking, SEEN, uncounted(1).cpuMillis(19))).isEqualTo(Phase.TRACK);
        assertThat(state.phase(tracking, SEEN, uncounted(1).cpuMillis(20))).isEqualTo(Phase.REST);
    }

    private static Look uncounted(long second) {
        return look(second).uncounted().with(Counter.PAGES_UNSHARED, 25_600);
    }

    @Test
    void reckonsWhatALapHasTakenWhereKsmdCannotBeSeen() {
        // Half of the lap over 1011 merged pages and 24,589 others, 61.7 ms.
        assertThat(state.phase(impatient(), SEEN, hidden(5000, 0, 1011))).isEqualTo(Phase.TRACK);
        assertThat(state.phase(impatient(), SEEN, hidden(5000, 0, 1010))).isEqualTo(Phase.REST);
    }

    @Test
    void reckonsWhatAWholeLapHasTakenWhereKsmdCannotBeSeen() {
        // Though half as many pages were walked as were expected.
        assertThat(state.phase(impatient(), SEEN, hidden(5000, 1, 1951))).isEqualTo(Phase.TRACK);
        assertThat(state.phase(impatient(), SEEN, hidden(5000, 1, 1950))).isEqualTo(Phase.REST);
    }

    private static Look hidden(long scanned, long laps, long sharing) {
        return look(1).cpuHidden().scanned(scanned).laps(laps).sharing(sharing).with(Counter.PAGES_UNSHARED, 99_999);
    }

    @Test
    void givesUpALapThatIsStuck() {
        assertThat(state.phase(patient(true), SEEN, look(30).running())).isEqualTo(Phase.TRACK);
        assertThat(state.phase(patient(true), SEEN, lookAtMillis(30_001).running()))
                .isEqualTo(Phase.REST);
    }

    @Test
    void waitsForKsmdWhereThatDoesNotRun() {
        assertThat(state.phase(patient(true), SEEN, look(300))).isEqualTo(Phase.TRACK);
    }

    @Test
    void makesAnotherLapAfterOneThatPaid() {
        Step step = state.step(
                impatient(),
                SEEN,
                look(2).laps(1).scanned(10_000).cpuMillis(1000).sharing(16_384).with(Counter.PAGES_VOLATILE, 77));

        assertThat(tracking(step).lap().expectedPages()).isEqualTo(16_461);
        assertThat(tracking(step).changedPages()).isEqualTo(77);
        assertThat(tracking(step).patient()).isFalse();
        assertThat(tracking(step).thorough()).isFalse();
        assertThat(step.next().experience()).isEqualTo(Experience.none(SETTINGS));
    }

    @Test
    void takesPairsForUnknownAgainWhereALapThatLeftNothingOutPaid() {
        state.experience = withPairShare(0.01);

        assertThat(state.step(
                                patient(true),
                                SEEN,
                                look(2).laps(1).scanned(10_000).cpuMillis(1000).sharing(16_384))
                        .next()
                        .experience()
                        .pairShare())
                .isEqualTo(1);
        assertThat(state.step(
                                impatient(),
                                SEEN,
                                look(2).laps(1).scanned(10_000).cpuMillis(1000).sharing(16_384))
                        .next()
                        .experience()
                        .pairShare())
                .isEqualTo(0.01);
    }

    @Test
    void restsAfterALapThatHasNotPaid() {
        Step step =
                state.step(impatient(), SEEN, look(2).laps(1).scanned(10_000).cpuMillis(1000));

        assertThat(step.why()).isEqualTo("A further lap did not pay.");
        assertThat(resting(step).stoppedAtBoundary()).isFalse();
        assertThat(step.next().experience().volatilePages()).isEqualTo(4321);
    }

    @Test
    void restsAtTheBoundaryWhereKsmdStillSleepsThere() {
        Tracking nearItsEnd = new Tracking(Lap.begin(START, 100), MERGING_PACE, 0, true, true);

        assertThat(resting(state.step(
                                nearItsEnd,
                                SEEN,
                                lookAtMillis(39).laps(1).scanned(100).cpuMillis(1)))
                        .stoppedAtBoundary())
                .isTrue();
    }

    @Test
    void whatALapWasNotMadeForHasNotGoneOnChanging() {
        assertThat(state.step(
                                patient(false),
                                SEEN,
                                look(2).laps(1).scanned(10_000).cpuMillis(1000))
                        .next()
                        .experience()
                        .volatilePages())
                .isZero();
    }

    @Test
    void whatWasThereForTwoLapsHasBeenSeenByThem() {
        Unseen grown = SEEN.lapBegins()
                .next(Look.at(0).guest(1, 130).sample())
                .lapBegins()
                .next(Look.at(0).guest(1, 170).sample())
                .lapBegins();
        Step step = state.step(
                patient(true), grown, Look.at(2).guest(1, 200).laps(1).cpuMillis(1000));

        assertThat(step.next().unseen().bytes()).isEqualTo(70 * Given.MEBIBYTE);
        assertThat(step.next().unseen().metBytes()).isEqualTo(70 * Given.MEBIBYTE);
    }
}
