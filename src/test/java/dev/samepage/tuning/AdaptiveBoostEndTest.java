package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.PACE;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.WITH_ONE_GONE;
import static dev.samepage.tuning.AdaptiveState.boosting;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.resting;
import static dev.samepage.tuning.AdaptiveState.tracking;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import org.junit.jupiter.api.Test;

/** What the sample at the end of its last lap makes of a boost. */
class AdaptiveBoostEndTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;
    private static final Prospect PROSPECT = new Prospect(100 * MEBIBYTE, 0, 50 * MEBIBYTE, 1, 64 * MEBIBYTE);

    /** 30 MiB have come between the two laps. */
    private static final Unseen MET_BETWEEN =
            SEEN.next(Look.at(9).guest(1, 130).sample()).lapBegins();

    private final AdaptiveState state = new AdaptiveState();

    private static Boosting inLastLap(Lap lap, boolean thorough) {
        return new Boosting(START, true, 2, lap, PACE, 0, PROSPECT, thorough, false, "For something.");
    }

    /** Of a boost that has merged nothing before and is 600 pages from its end in second 10. */
    private static Lap nearItsEnd() {
        return Lap.begin(Look.at(9).laps(1).scanned(25_600).reading(), 25_600)
                .next(Look.at(10).laps(1).scanned(50_600).cpuMillis(900).reading(), true);
    }

    /** The end of the lap {@link #nearItsEnd}. */
    private Step afterBoost(Boosting boosting, Look end) {
        return afterBoost(boosting, SEEN, end.guest(1, 100));
    }

    private Step afterBoost(Boosting boosting, Unseen unseen, Look end) {
        state.last = Look.at(10).laps(1).scanned(50_600).cpuMillis(900).reading();
        return state.step(boosting, unseen, end.laps(2).scanned(51_200).cpuMillis(1000));
    }

    @Test
    void restsAfterItsLastLapAndSaysWhatThatSaved() {
        Step step =
                afterBoost(inLastLap(nearItsEnd(), true), Look.atMillis(10_039).sharing(25_600));

        assertThat(step.phase()).isEqualTo(Phase.REST);
        assertThat(step.why()).isEqualTo("The last boost saved 100 MiB for 1.0 CPU seconds.");
    }

    @Test
    void restsAtTheBoundaryWhereKsmdStillSleepsThere() {
        assertThat(resting(afterBoost(inLastLap(nearItsEnd(), true), Look.atMillis(10_039)))
                        .stoppedAtBoundary())
                .isTrue();
        assertThat(resting(afterBoost(inLastLap(nearItsEnd(), true), Look.atMillis(10_040)))
                        .stoppedAtBoundary())
                .isFalse();
    }

    @Test
    void doesNotRestAtTheBoundaryWhereKsmdWasNotSlowedDown() {
        Lap farFromItsEnd = Lap.begin(Look.at(9).laps(1).scanned(25_600).reading(), 100_000)
                .next(Look.at(10).laps(1).scanned(50_600).reading(), true);

        assertThat(resting(afterBoost(inLastLap(farFromItsEnd, true), Look.atMillis(10_039)))
                        .stoppedAtBoundary())
                .isFalse();
    }

    @Test
    void learnsFromABoostThatHasPaid() {
        // Twice what was expected, for as much CPU as was expected; a tenth are new pairs.
        Step step = afterBoost(
                inLastLap(nearItsEnd(), true),
                Look.atMillis(10_039).sharing(25_600).with(Counter.PAGES_SHARED, 2560));

        assertThat(step.next().experience()).isEqualTo(new Experience(new LapCost(1, 0), 0.75, 0.5, 0.1, 0, 0, 1800));
    }

    @Test
    void learnsFromABoostThatHasNotPaid() {
        state.experience = new Experience(new LapCost(1, 0), 0.5, 0.5, 0.3, 0, 1, 1800);

        assertThat(afterBoost(inLastLap(nearItsEnd(), true), Look.atMillis(10_039))
                        .next()
                        .experience())
                .isEqualTo(new Experience(new LapCost(1, 0), 0.25, 0.5, 1, 0, 2, 1800));
    }

    @Test
    void countsWhatTheLapsBeforeHaveMerged() {
        Boosting boosting =
                new Boosting(START, true, 2, nearItsEnd(), PACE, 5120, PROSPECT, true, false, "For something.");

        assertThat(afterBoost(boosting, Look.atMillis(10_039).sharing(2560)).why())
                .isEqualTo("The last boost saved 30 MiB for 1.0 CPU seconds.");
    }

    @Test
    void countsWhatHasMergedAgainUnseen() {
        Prospect eroded = new Prospect(0, 20 * MEBIBYTE, 20 * MEBIBYTE, 1, 64 * MEBIBYTE);
        Boosting boosting = new Boosting(START, true, 2, nearItsEnd(), PACE, 0, eroded, true, false, "For something.");
        Step step = afterBoost(boosting, Look.atMillis(10_039).sharing(256));

        assertThat(step.why()).isEqualTo("The last boost saved 21 MiB for 1.0 CPU seconds.");
        assertThat(step.next().experience().mergingShare()).isEqualTo(0.5);
    }

    /** A share of 25 %, and half of that: 8,590,336 bytes of 16,778 pages, for a lap over 25,600 unmerged ones, 0.128 s. */
    @Test
    void makesAFurtherLapWhereThePagesThatHaveChangedPayForIt() {
        state.settings = withFloor(67_112_000);
        Tracking tracking = tracking(afterBoost(inLastLap(nearItsEnd(), true), changed(16_778)));
        assertThat(tracking.reason()).isEqualTo(Reason.UNPROVEN);
        assertThat(tracking.thorough()).isFalse();

        state.settings = withFloor(67_112_001);
        assertThat(afterBoost(inLastLap(nearItsEnd(), true), changed(16_778)).phase())
                .isEqualTo(Phase.REST);
    }

    private static AdaptiveSettings withFloor(long bytes) {
        return new AdaptiveSettings(70, bytes, 1800, false, 20);
    }

    @Test
    void doesNotCountPagesThatWereOnlyPassedOver() {
        assertThat(tracking(afterBoost(
                                inLastLap(nearItsEnd(), true), changed(20_000).with(Counter.PAGES_SKIPPED, 3222)))
                        .unprovenPages())
                .isEqualTo(16_778);
        assertThat(afterBoost(inLastLap(nearItsEnd(), true), changed(20_000).with(Counter.PAGES_SKIPPED, 3223))
                        .phase())
                .isEqualTo(Phase.REST);
    }

    private static Look changed(long pages) {
        return Look.atMillis(10_039).with(Counter.PAGES_UNSHARED, 99_999).with(Counter.PAGES_VOLATILE, pages);
    }

    @Test
    void leavesNothingOutOfAFurtherLapWhereMuchIsMissing() {
        Tracking tracking = tracking(
                afterBoost(inLastLap(nearItsEnd(), false), Look.atMillis(10_039).sharing(8959)));
        assertThat(tracking.reason()).isEqualTo(Reason.MISSING);
        assertThat(tracking.thorough()).isTrue();
        assertThat(afterBoost(
                                inLastLap(nearItsEnd(), false),
                                Look.atMillis(10_039).sharing(8960))
                        .phase())
                .isEqualTo(Phase.REST);
        assertThat(afterBoost(
                                inLastLap(nearItsEnd(), true),
                                Look.atMillis(10_039).sharing(8959))
                        .phase())
                .isEqualTo(Phase.REST);
    }

    /** Of 50 MiB 15 are missing; a lap over 25,600 pages, of which 8960 are merged, takes 86.8 ms. */
    @Test
    void makesNoLapForWhatIsMissingWhereThatWouldNotPayForIt() {
        Look end = Look.atMillis(10_039).sharing(8959).with(Counter.PAGES_UNSHARED, 99_999);

        state.settings = withFloor(181_250_000);
        assertThat(tracking(afterBoost(inLastLap(nearItsEnd(), false), end)).reason())
                .isEqualTo(Reason.MISSING);
        state.settings = withFloor(181_350_000);
        assertThat(afterBoost(inLastLap(nearItsEnd(), false), end).phase()).isEqualTo(Phase.REST);
    }

    @Test
    void noMorePagesGoOnChangingThanItHasLeft() {
        state.experience = Experience.none(AdaptiveState.SETTINGS).inVain(5000);

        assertThat(afterBoost(inLastLap(nearItsEnd(), true), changed(70))
                        .next()
                        .experience()
                        .volatilePages())
                .isEqualTo(70);
    }

    /**
     * At a share of 50 %, 15 MiB of the 30 that have come between the two laps. The next one goes over 12,800 merged pages, 5.12 ms, and
     * merges 7680, 53.76 ms.
     */
    @Test
    void makesAFurtherLapWhereWhatItMetOncePaysForIt() {
        Look end = Look.atMillis(10_039).sharing(12_800).guest(1, 150);

        state.settings = withFloor(267_130_434);
        Step step = afterBoost(inLastLap(nearItsEnd(), true), MET_BETWEEN, end);
        assertThat(tracking(step).reason()).isEqualTo(Reason.MET);
        assertThat(tracking(step).thorough()).isTrue();
        assertThat(tracking(step).lap().expectedPages()).isEqualTo(12_800);
        assertThat(step.next().unseen().metBytes()).isEqualTo(50 * MEBIBYTE);

        state.settings = withFloor(267_130_435);
        assertThat(state.step(inLastLap(nearItsEnd(), true), MET_BETWEEN, end).phase())
                .isEqualTo(Phase.REST);
    }

    @Test
    void leavesOutOfALapForWhatItMetWhatTheBoostHasLeftOut() {
        Step step = afterBoost(
                inLastLap(nearItsEnd(), false),
                MET_BETWEEN,
                Look.atMillis(10_039).sharing(12_800).guest(1, 150));

        assertThat(tracking(step).reason()).isEqualTo(Reason.MET);
        assertThat(tracking(step).thorough()).isFalse();
    }

    @Test
    void countsOnlyWhatHasComeSinceItBegan() {
        Lap lap = Lap.begin(before(9).reading(), 25_600)
                .next(before(10).scanned(25_000).reading(), true);
        Prospect eroded = new Prospect(0, 20 * MEBIBYTE, 20 * MEBIBYTE, 1, 64 * MEBIBYTE);
        Step step = afterBoost(
                new Boosting(before(0).reading(), true, 2, lap, PACE, 0, eroded, true, false, "For something."),
                changed(20_000).sharing(1256).with(Counter.PAGES_SHARED, 1844).with(Counter.PAGES_SKIPPED, 6222));

        // A MiB and the 20 that had been eroded are 5376 pages.
        assertThat(step.next().experience().pairShare()).isEqualTo(0.25);
        assertThat(tracking(step).unprovenPages()).isEqualTo(16_778);
    }

    private static Look before(long second) {
        return Look.at(second)
                .laps(1)
                .sharing(1000)
                .with(Counter.PAGES_SHARED, 500)
                .with(Counter.PAGES_SKIPPED, 3000);
    }

    @Test
    void guestsThatEndedHaveBeenPassedByABoost() {
        state.last = Look.at(10).laps(1).scanned(50_600).reading();

        assertThat(state.step(inLastLap(nearItsEnd(), true), WITH_ONE_GONE, look(11).laps(2))
                        .next()
                        .unseen()
                        .goneBytes())
                .isZero();
    }
}
