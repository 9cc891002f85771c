package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.MERGING_PACE;
import static dev.samepage.tuning.AdaptiveState.PACE;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static dev.samepage.tuning.AdaptiveState.resting;
import static dev.samepage.tuning.AdaptiveState.tracking;
import static dev.samepage.tuning.AdaptiveState.withPairShare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import org.junit.jupiter.api.Test;

/** What one sample makes of further laps. */
class AdaptiveTrackTest {
    private final AdaptiveState state = new AdaptiveState();

    /** For what was left unproved: given up where it neither pays nor proves anything. */
    private static Tracking forUnproven() {
        return of(Reason.UNPROVEN, false);
    }

    /** For what came meanwhile: made to its end. */
    private static Tracking forMet(boolean thorough) {
        return of(Reason.MET, thorough);
    }

    private static Tracking of(Reason reason, boolean thorough) {
        return new Tracking(Lap.begin(START, 10_000), MERGING_PACE, 4321, reason, thorough);
    }

    @Test
    void isUnfinishedUntilTheLapIsOver() {
        Step underWay = state.step(forMet(false), SEEN, look(1).scanned(1));

        assertThat(underWay.isUnfinished()).isTrue();
        assertThat(underWay.next().step(look(2).laps(1).sample()).isUnfinished())
                .isFalse();
    }

    @Test
    void givesUpALapThatHasNotPaidAfterFifteenPerCentOfIt() {
        assertThat(state.phase(forUnproven(), SEEN, look(1).scanned(1499).cpuMillis(700)))
                .isEqualTo(Phase.TRACK);
        Step step = state.step(forUnproven(), SEEN, look(1).scanned(1500).cpuMillis(700));

        assertThat(step.why()).isEqualTo("A further lap did not pay.");
        assertThat(resting(step).stoppedAtBoundary()).isFalse();
        assertThat(step.next().experience().volatilePages()).isEqualTo(4321);
    }

    @Test
    void goesOnWithALapThatProvesAFourthOfWhatItShould() {
        assertThat(state.phase(
                        forUnproven(), SEEN, look(1).cpuHidden().scanned(1500).with(Counter.PAGES_UNSHARED, 163)))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(
                        forUnproven(), SEEN, look(1).cpuHidden().scanned(1500).with(Counter.PAGES_UNSHARED, 162)))
                .isEqualTo(Phase.REST);
    }

    /** Counted in the third lap over ten virtual machines on huge pages, which went on to save another 78 MiB. */
    @Test
    void goesOnWithALapInWhichTheSecondCopiesAreStillToCome() {
        Look begun = virtualMachines(0).with(Counter.PAGES_UNSHARED, 37_887).with(Counter.PAGES_VOLATILE, 119_103);
        Lap lap = Lap.begin(begun.sharing(121_025).reading(), 285_408);
        Tracking tracking = new Tracking(lap, MERGING_PACE, 119_103, Reason.UNPROVEN, false);
        Look aFifth = virtualMachines(2)
                .scanned(53_828)
                .cpuMillis(210)
                .sharing(124_160)
                .with(Counter.PAGES_UNSHARED, 48_049)
                .with(Counter.PAGES_VOLATILE, 99_362);

        Unseen seen = Unseen.of(virtualMachines(0).sample()).seen();

        assertThat(state.phase(tracking, seen, aFifth)).isEqualTo(Phase.TRACK);
    }

    private static Look virtualMachines(long second) {
        return Look.at(second).guest(1, 1300).with(Counter.PAGES_SHARED, 7393);
    }

    /** Many guests that merge already may come before those for which the lap is: most of the pages, and little of the cost. */
    @Test
    void givesUpByWhatALapCostsAndNotByHowFarItIs() {
        // The lap over 25,600 unmerged pages is reckoned to take 128 ms.
        assertThat(state.phase(overWaiting(), SEEN, waiting(1).scanned(7000).cpuMillis(19)))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(overWaiting(), SEEN, waiting(1).scanned(7000).cpuMillis(20)))
                .isEqualTo(Phase.REST);
    }

    /** Over pages that are proved already, so that nothing but what merges is in its favour. */
    private static Tracking overWaiting() {
        return new Tracking(Lap.begin(waiting(0).reading(), 10_000), MERGING_PACE, 4321, Reason.UNPROVEN, false);
    }

    private static Look waiting(long second) {
        return look(second).with(Counter.PAGES_UNSHARED, 120_000);
    }

    @Test
    void goesOnWithALapThatIsMadeToItsEnd() {
        Step step = state.step(forMet(true), SEEN, look(1).scanned(8000).cpuMillis(700));

        assertThat(tracking(step).reason()).isEqualTo(Reason.MET);
        assertThat(tracking(step).thorough()).isTrue();
        assertThat(tracking(step).unprovenPages()).isEqualTo(4321);
        assertThat(tracking(step).lap().share()).hasValue(0.8);
        assertThat(tracking(step).pace().recent()).hasSize(2);
    }

    @Test
    void keepsItsPaceWhereKsmdIsSlowedDownForTheEndOfTheLap() {
        // 4000 pages are less than a batch.
        Tracking nearItsEnd = new Tracking(Lap.begin(START, 4000), PACE, 0, Reason.MET, true);
        Step step = state.step(nearItsEnd, SEEN, lookAtMillis(100).scanned(3000).cpuMillis(90));

        assertThat(tracking(step).pace()).isEqualTo(PACE);
    }

    @Test
    void goesOnWithALapThatSavesTheFloorForEachSecond() {
        assertThat(state.phase(overWaiting(), SEEN, merged(2, 16_384).cpuMillis(1000)))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(overWaiting(), SEEN, merged(2, 16_383).cpuMillis(1000)))
                .isEqualTo(Phase.REST);
    }

    /** Half of the lap {@link #overWaiting}: pages that waited for an equal have got one. */
    private static Look merged(long second, long sharing) {
        return look(second).scanned(5000).sharing(sharing).with(Counter.PAGES_UNSHARED, 120_000 - sharing);
    }

    @Test
    void givesUpByKsmdsCpuTimeWhereTheKernelDoesNotTellHowFarALapIs() {
        Reading begun = waiting(0).uncounted().reading();
        Tracking tracking = new Tracking(Lap.begin(begun, 25_600), MERGING_PACE, 4321, Reason.UNPROVEN, false);

        assertThat(state.phase(tracking, SEEN, waiting(1).uncounted().cpuMillis(19)))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(tracking, SEEN, waiting(1).uncounted().cpuMillis(20)))
                .isEqualTo(Phase.REST);
    }

    @Test
    void reckonsWhatALapHasTakenWhereKsmdCannotBeSeen() {
        // Half of the lap over 1011 merged pages and 24,589 others, 61.7 ms.
        assertThat(state.phase(overWaiting(), SEEN, merged(1, 1011).cpuHidden()))
                .isEqualTo(Phase.TRACK);
        assertThat(state.phase(overWaiting(), SEEN, merged(1, 1010).cpuHidden()))
                .isEqualTo(Phase.REST);
    }

    @Test
    void reckonsWhatAWholeLapHasTakenWhereKsmdCannotBeSeen() {
        // Though half as many pages were walked as were expected.
        assertThat(state.step(overWaiting(), SEEN, merged(1, 1951).cpuHidden().laps(1))
                        .why())
                .isEqualTo("A further lap saved 7 MiB.");
        assertThat(state.step(overWaiting(), SEEN, merged(1, 1950).cpuHidden().laps(1))
                        .why())
                .isEqualTo("A further lap did not pay.");
    }

    @Test
    void givesUpALapThatIsStuck() {
        assertThat(state.phase(forMet(true), SEEN, look(30).running())).isEqualTo(Phase.TRACK);
        assertThat(state.phase(forMet(true), SEEN, lookAtMillis(30_001).running()))
                .isEqualTo(Phase.REST);
    }

    @Test
    void waitsForKsmdWhereThatDoesNotRun() {
        assertThat(state.phase(forMet(true), SEEN, look(300))).isEqualTo(Phase.TRACK);
    }

    /** Of 16,384 pages 113 or 109 by 30 or 29 of 4321 that are left; a lap over those and 16,384 merged ones takes 6.7 ms. */
    @Test
    void makesAnotherLapWhereOneLikeTheLastWouldPay() {
        Step step = state.step(forUnproven(), SEEN, whole().with(Counter.PAGES_VOLATILE, 30));

        assertThat(tracking(step).lap().expectedPages()).isEqualTo(16_414);
        assertThat(tracking(step).unprovenPages()).isEqualTo(30);
        assertThat(tracking(step).reason()).isEqualTo(Reason.UNPROVEN);
        assertThat(tracking(step).thorough()).isFalse();

        assertThat(state.phase(forUnproven(), SEEN, whole().with(Counter.PAGES_VOLATILE, 29)))
                .isEqualTo(Phase.REST);
    }

    /** At its end; it has saved the floor. */
    private static Look whole() {
        return look(2).laps(1).scanned(10_000).cpuMillis(1000).sharing(16_384);
    }

    @Test
    void restsAfterALapThatHasLeftNothing() {
        Step step = state.step(forUnproven(), SEEN, whole());

        assertThat(step.phase()).isEqualTo(Phase.REST);
        assertThat(step.why()).isEqualTo("A further lap saved 64 MiB.");
    }

    @Test
    void makesAnotherLapForWhatHasComeInThatOne() {
        Unseen grown = SEEN.lapBegins()
                .next(Look.at(0).guest(1, 130).sample())
                .lapBegins()
                .next(Look.at(0).guest(1, 170).sample());
        Step step = state.step(
                forMet(false),
                grown,
                Look.at(2).guest(1, 170).laps(1).cpuMillis(1000).sharing(16_384));

        assertThat(tracking(step).reason()).isEqualTo(Reason.MET);
        assertThat(step.next().unseen().bytes()).isEqualTo(70 * Given.MEBIBYTE);
        assertThat(step.next().unseen().metBytes()).isEqualTo(70 * Given.MEBIBYTE);
    }

    @Test
    void whatALapHasNotProvedGoesOnChanging() {
        assertThat(state.step(forUnproven(), SEEN, whole().with(Counter.PAGES_VOLATILE, 29))
                        .next()
                        .experience()
                        .volatilePages())
                .isEqualTo(29);
    }

    @Test
    void expectsLessWhereALapThatLeftNothingOutHasNotPaid() {
        assertThat(state.step(of(Reason.MISSING, true), SEEN, whole().sharing(16_383))
                        .next()
                        .experience()
                        .mergingShare())
                .isEqualTo(0.35);
    }

    @Test
    void takesPairsForUnknownAgainWhereALapThatLeftNothingOutPaid() {
        state.experience = withPairShare(0.01);

        assertThat(state.step(
                                forMet(true),
                                SEEN,
                                look(2).laps(1).scanned(10_000).cpuMillis(1000).sharing(16_384))
                        .next()
                        .experience()
                        .pairShare())
                .isEqualTo(1);
        assertThat(state.step(
                                forUnproven(),
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
                state.step(forUnproven(), SEEN, look(2).laps(1).scanned(10_000).cpuMillis(1000));

        assertThat(step.why()).isEqualTo("A further lap did not pay.");
        assertThat(resting(step).stoppedAtBoundary()).isFalse();
    }

    @Test
    void restsAtTheBoundaryWhereKsmdStillSleepsThere() {
        Tracking nearItsEnd = new Tracking(Lap.begin(START, 100), MERGING_PACE, 0, Reason.MET, true);

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
                                forMet(false),
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
        Step step =
                state.step(forMet(true), grown, Look.at(2).guest(1, 200).laps(1).cpuMillis(1000));

        assertThat(step.next().unseen().bytes()).isEqualTo(70 * Given.MEBIBYTE);
    }
}
