package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.ALL_GONE;
import static dev.samepage.tuning.AdaptiveState.AT_BOUNDARY;
import static dev.samepage.tuning.AdaptiveState.IN_A_LAP;
import static dev.samepage.tuning.AdaptiveState.NEW;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.WITH_ONE_GONE;
import static dev.samepage.tuning.AdaptiveState.boosting;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static dev.samepage.tuning.AdaptiveState.withPairShare;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Tidying;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one sample makes of a rest. */
class AdaptiveRestTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;

    private final AdaptiveState state = new AdaptiveState();

    private static Experience withBarren(int boosts) {
        return new Experience(LapCost.assumed(), 0.5, 0.5, 1, 0, boosts, 1800);
    }

    private static Experience lookingAgainAfter(long seconds) {
        return new Experience(LapCost.assumed(), 0.5, 0.5, 1, 0, 0, seconds);
    }

    @Test
    void boostsOnceGrowthHasComeToRestForASecond() {
        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(999))).isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(1000))).isEqualTo(Phase.BOOST);
    }

    @Test
    void makesTwoLapsFromABoundaryWhichSeeAllThatIsThere() {
        Step step = state.step(AT_BOUNDARY, NEW, look(1).cow(7));
        Reading now = Look.at(1).reading();

        assertThat(step.next().doing())
                .isEqualTo(new Boosting(
                        now,
                        true,
                        1,
                        Lap.begin(now, 25_600),
                        new Pace(5000, 17, 0, 4, List.of(now)),
                        0,
                        new Prospect(100 * MEBIBYTE, 0, 50 * MEBIBYTE, 0.2048, 64 * MEBIBYTE),
                        true,
                        false,
                        "For 100 MiB that no lap has seen."));
        assertThat(step.next().unseen().bytes()).isZero();
        assertThat(step.next().cowSeen()).isEqualTo(7);
    }

    @Test
    void finishesALapThatSeesNothingFromItsMiddle() {
        Step step = state.step(IN_A_LAP, NEW, look(1).cow(7));

        assertThat(boosting(step).fromBoundary()).isFalse();
        assertThat(boosting(step).lapNumber()).isZero();
        assertThat(boosting(step).pace().batchPages()).isEqualTo(2500);
        assertThat(step.next().unseen().bytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(step.next().cowSeen()).isNull();
    }

    @Test
    void beginsWithFourFifthsOfWhatAPageOnceTook() {
        state.experience = state.experience.with(new LapCost(1, 40_000));

        assertThat(boosting(state.step(AT_BOUNDARY, NEW, look(1))).pace().dearestPageNanos())
                .isEqualTo(32_000);
    }

    @Test
    void leavesNothingOutUnlessWhatComesIsKnown() {
        state.experience = withPairShare(0.02);
        assertThat(boosting(state.step(AT_BOUNDARY, NEW, look(1))).thorough()).isTrue();

        state.experience = withPairShare(0.01);
        assertThat(boosting(state.step(AT_BOUNDARY, NEW, look(1))).thorough()).isFalse();
    }

    @Test
    void pausesAfterABoostThatHasNotPaid() {
        state.experience = withBarren(1);

        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(29_999))).isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(30_000))).isEqualTo(Phase.BOOST);
    }

    @Test
    void pausesForAFourthOfThatWhereMemoryIsShort() {
        state.experience = withBarren(1);
        state.pressure = new Pressure(10, true, 0);

        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(6999).available(10)))
                .isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(7000).available(10)))
                .isEqualTo(Phase.BOOST);
    }

    @Test
    void doesNotWaitForGuestsToSettleWhereMemoryIsShort() {
        state.pressure = new Pressure(10, true, 0);

        Step step = state.step(AT_BOUNDARY, NEW, lookAtMillis(100).available(10));

        assertThat(step.why()).isEqualTo("For 100 MiB that no lap has seen; memory is short.");
    }

    @Test
    void isInTheMiddleOfALapWhereSomebodyElseHadKsmdScanMeanwhile() {
        assertThat(boosting(state.step(AT_BOUNDARY, NEW, look(1).scanned(1))).fromBoundary())
                .isFalse();
        assertThat(boosting(state.step(AT_BOUNDARY, NEW, look(1))).fromBoundary())
                .isTrue();
    }

    @Test
    void whatDoesNotPayWaitsForTenMinutes() {
        Unseen little = SEEN.next(look(0).guest(2, 8).sample());

        assertThat(state.step(
                                AT_BOUNDARY,
                                little,
                                lookAtMillis(599_999).guest(2, 8).with(Counter.PAGES_UNSHARED, 99_999))
                        .why())
                .isEqualTo("Done. 8 MiB that no lap has seen do not pay for another yet.");
        assertThat(state.step(
                                AT_BOUNDARY,
                                little,
                                lookAtMillis(600_000).guest(2, 8).with(Counter.PAGES_UNSHARED, 99_999))
                        .why())
                .isEqualTo("For 8 MiB that no lap has seen.");
    }

    @Test
    void looksAtEverythingAfterTheLongestRest() {
        state.experience = new Experience(LapCost.assumed(), 0.5, 0.5, 0.01, 0, 0, 1800);

        assertThat(state.phase(AT_BOUNDARY, SEEN, lookAtMillis(1_799_999))).isEqualTo(Phase.REST);
        Boosting look = boosting(state.step(AT_BOUNDARY, SEEN, look(1800)));
        assertThat(look.unasked()).isTrue();
        assertThat(look.thorough()).isTrue();
        assertThat(look.why()).isEqualTo("A look at everything after a rest of 1800 s.");
    }

    @Test
    void looksAtEverythingNoOftenerThanIsCheap() {
        state.experience = lookingAgainAfter(10);

        // Two laps over 25,600 pages that are not merged take 0.256 s.
        assertThat(state.phase(AT_BOUNDARY, SEEN, look(25).with(Counter.PAGES_UNSHARED, 99_999)))
                .isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, SEEN, look(26).with(Counter.PAGES_UNSHARED, 99_999)))
                .isEqualTo(Phase.BOOST);
    }

    @Test
    void tidiesUpAMinuteAfterAGuestHasEnded() {
        assertThat(state.phase(AT_BOUNDARY, WITH_ONE_GONE, lookAtMillis(59_999)))
                .isEqualTo(Phase.REST);
        Reading now = Look.at(60).reading();
        assertThat(state.step(AT_BOUNDARY, WITH_ONE_GONE, look(60)).next().doing())
                .isEqualTo(new Tidying(AT_BOUNDARY, now, now, false, new Pace(2500, 17, 0, 4, List.of(now))));
    }

    @Test
    void countsTheMinuteFromWhenTheFirstGuestEnded() {
        Unseen unseen = Unseen.of(look(0).guest(2, 100).guest(3, 100).sample())
                .seen()
                .next(look(4).guest(2, 100).sample())
                .next(look(9).sample());

        assertThat(state.phase(AT_BOUNDARY, unseen, lookAtMillis(63_999))).isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, unseen, look(64))).isEqualTo(Phase.TRACK);
    }

    /** The guest at which ksmd stands comes first: 25,600 pages, which take 1.28 s where they are ten times as dear as elsewhere. */
    @Test
    void tidiesUpFromTheMiddleOfALapNoOftenerThanIsCheap() {
        state.settings = withFloor(1L << 40);
        state.experience = new Experience(new LapCost(10, 0), 0.5, 0.5, 1, 0, 0, 1800);

        assertThat(state.phase(IN_A_LAP, WITH_ONE_GONE, lookAtMillis(127_999).with(Counter.PAGES_UNSHARED, 99_999)))
                .isEqualTo(Phase.REST);
        assertThat(state.phase(IN_A_LAP, WITH_ONE_GONE, look(128).with(Counter.PAGES_UNSHARED, 99_999)))
                .isEqualTo(Phase.TRACK);
    }

    @Test
    void tidiesUpBetweenTwoLapsHoweverDearTheGuestsAre() {
        state.experience = new Experience(new LapCost(10, 0), 0.5, 0.5, 1, 0, 0, 1800);

        assertThat(state.phase(AT_BOUNDARY, WITH_ONE_GONE, look(60).with(Counter.PAGES_UNSHARED, 99_999)))
                .isEqualTo(Phase.TRACK);
    }

    /** The kernel's notes of 25,600 pages are 1,638,400 bytes; to go over as many takes 1.28 s. */
    @Test
    void tidiesUpFromTheMiddleOfALapWhereWhatTheKernelKeepsPaysForIt() {
        state.experience = new Experience(new LapCost(10, 0), 0.5, 0.5, 1, 0, 0, 1800);
        Look minuteLater = look(60).with(Counter.PAGES_UNSHARED, 99_999);

        state.settings = withFloor(1_280_000);
        assertThat(state.phase(IN_A_LAP, WITH_ONE_GONE, minuteLater)).isEqualTo(Phase.TRACK);
        state.settings = withFloor(1_280_001);
        assertThat(state.phase(IN_A_LAP, WITH_ONE_GONE, minuteLater)).isEqualTo(Phase.REST);
    }

    private static AdaptiveSettings withFloor(long bytes) {
        return new AdaptiveSettings(70, bytes, 1800, false, 20);
    }

    @Test
    void boostsRatherThanTidiesUpWhereBothAreDue() {
        Unseen unseen = WITH_ONE_GONE.next(look(0).guest(3, 100).sample());

        assertThat(state.phase(AT_BOUNDARY, unseen, look(60).guest(3, 100))).isEqualTo(Phase.BOOST);
    }

    @Test
    void tidiesUpWhereNoGuestIsLeftToo() {
        assertThat(state.phase(AT_BOUNDARY, ALL_GONE, Look.atMillis(59_999))).isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, ALL_GONE, Look.at(60))).isEqualTo(Phase.TRACK);
        assertThat(state.phase(AT_BOUNDARY, ALL_GONE.tidied(), Look.at(60))).isEqualTo(Phase.REST);
    }

    @Test
    void beginsNothingElseWhileMemoryIsPlentifulWhereThePolicySaysSo() {
        state.settings = new AdaptiveSettings(70, 64 * MEBIBYTE, 1800, true, 20);

        assertThat(state.phase(AT_BOUNDARY, NEW, look(3600))).isEqualTo(Phase.REST);
        assertThat(state.phase(AT_BOUNDARY, WITH_ONE_GONE, look(3600))).isEqualTo(Phase.TRACK);
        state.pressure = new Pressure(10, true, 0);
        assertThat(state.phase(AT_BOUNDARY, NEW, lookAtMillis(100).available(10)))
                .isEqualTo(Phase.BOOST);
    }

    @Test
    void doesNothingWhereThereIsNoGuest() {
        state.experience = lookingAgainAfter(1);

        assertThat(state.step(AT_BOUNDARY, ALL_GONE.tidied(), Look.at(3600)).why())
                .isEqualTo("There is no guest.");
        assertThat(state.phase(AT_BOUNDARY, ALL_GONE.tidied(), Look.at(3600))).isEqualTo(Phase.REST);
    }
}
