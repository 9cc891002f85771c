package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.tuning.Experience.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperienceTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;
    private static final AdaptiveSettings SETTINGS = AdaptiveSettings.defaults();
    private static final LapCost COST = new LapCost(1, 0);

    private static Experience withShares(double merging, double remerging) {
        return new Experience(COST, merging, remerging, 1, 0, 0, 1800);
    }

    private static Experience barren(int boosts) {
        return new Experience(COST, 0.5, 0.5, 1, 0, boosts, 1800);
    }

    private static Experience lookingAgainAfter(long seconds) {
        return new Experience(COST, 0.5, 0.5, 1, 0, 0, seconds);
    }

    /** For unseen memory, in a second of ksmd's CPU. */
    private static Outcome outcome(long expectedMebibytes, long gainedMebibytes) {
        return new Outcome(expectedMebibytes * MEBIBYTE, gainedMebibytes * MEBIBYTE, 1, 0.25, false, false);
    }

    private static Outcome unasked(long gainedMebibytes) {
        return new Outcome(100 * MEBIBYTE, gainedMebibytes * MEBIBYTE, 1, 0.25, false, true);
    }

    @Test
    void beginsWithAHalfOfEverythingAndTheLongestRest() {
        assertThat(Experience.none(SETTINGS)).isEqualTo(new Experience(new LapCost(1, 0), 0.5, 0.5, 1, 0, 0, 1800));
    }

    @Test
    void expectsOfEachKindOfMemoryItsShare() {
        assertThat(withShares(0.25, 0.5).expectedBytes(100 * MEBIBYTE, 10 * MEBIBYTE))
                .isEqualTo(30 * MEBIBYTE);
    }

    @Test
    void expectsOfAFurtherLapHalfOfWhatIsNewlyUnproved() {
        Experience experience = withShares(0.5, 0.9).inVain(1000);

        assertThat(experience.expectedOfFurtherLap(5000, 4096)).isEqualTo(4_096_000);
        assertThat(experience.expectedOfFurtherLap(900, 4096)).isZero();
    }

    @Test
    void noMorePagesGoOnChangingThanABoostHasLeft() {
        assertThat(withShares(0.5, 0.5).inVain(1000).withVolatileAtMost(70).volatilePages())
                .isEqualTo(70);
        assertThat(withShares(0.5, 0.5).inVain(1000).withVolatileAtMost(2000).volatilePages())
                .isEqualTo(1000);
    }

    @Test
    void expectsLessWhereALapThatLeftNothingOutWasInVain() {
        assertThat(new Experience(COST, 0.5, 0.2, 0.3, 4, 5, 600).disappointed())
                .isEqualTo(new Experience(COST, 0.35, 0.2, 0.3, 4, 5, 600));
    }

    @Test
    void expectsSomethingHoweverOftenItIsDisappointed() {
        assertThat(withShares(0.025, 0.5).disappointed().mergingShare()).isEqualTo(0.02);
    }

    @Test
    void knowsWhatComesWhereHardlyAnyPairsWereNew() {
        assertThat(new Experience(COST, 0.5, 0.5, 0.019, 0, 0, 1800).knowsWhatComes())
                .isTrue();
        assertThat(new Experience(COST, 0.5, 0.5, 0.02, 0, 0, 1800).knowsWhatComes())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 30", "2, 60", "6, 960", "7, 1800", "16, 1800"})
    void pausesTwiceAsLongAfterEachBoostThatHasNotPaid(int boosts, long seconds) {
        assertThat(barren(boosts).pauseSeconds(SETTINGS, false)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 7", "2, 15", "16, 450"})
    void pausesForAFourthOfThatWhereMemoryIsShort(int boosts, long seconds) {
        assertThat(barren(boosts).pauseSeconds(SETTINGS, true)).isEqualTo(seconds);
    }

    @Test
    void aBoostThatSavesTheFloorHasPaid() {
        assertThat(barren(3).after(outcome(100, 64), SETTINGS).barrenBoosts()).isZero();
    }

    @Test
    void aBoostThatSavesLessHasNot() {
        assertThat(barren(3).after(outcome(100, 63), SETTINGS).barrenBoosts()).isEqualTo(4);
        assertThat(barren(16).after(outcome(100, 63), SETTINGS).barrenBoosts()).isEqualTo(16);

        Outcome inTwoSeconds = new Outcome(100 * MEBIBYTE, 100 * MEBIBYTE, 2, 0.25, false, false);
        assertThat(barren(3).after(inTwoSeconds, SETTINGS).barrenBoosts()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"100, 0.125", "0, 0.0625", "50, 0.09375", "300, 0.25", "500, 0.375", "900, 0.375"})
    void theShareGoesHalfTheWayToWhatWasGainedAndAtMostToThreeTimesAsMuch(long gainedMebibytes, double share) {
        assertThat(withShares(0.125, 0.75).after(outcome(100, gainedMebibytes), SETTINGS))
                .isEqualTo(new Experience(COST, share, 0.75, 0.25, 0, gainedMebibytes >= 64 ? 0 : 1, 1800));
    }

    @Test
    void theShareIsNeverMoreThanAllAndNeverNothing() {
        assertThat(withShares(0.8, 0.5).after(outcome(100, 500), SETTINGS).mergingShare())
                .isEqualTo(1);
        assertThat(withShares(0.03, 0.5).after(outcome(100, 0), SETTINGS).mergingShare())
                .isEqualTo(0.02);
    }

    @Test
    void theShareStaysWhereNothingWasExpected() {
        assertThat(withShares(0.2, 0.5).after(outcome(0, 500), SETTINGS).mergingShare())
                .isEqualTo(0.2);
    }

    @Test
    void aBoostForWhatWasMergedBeforeTeachesOfThatAlone() {
        Outcome remerging = new Outcome(100 * MEBIBYTE, 300 * MEBIBYTE, 1, 0.25, true, false);

        assertThat(withShares(0.125, 0.25).after(remerging, SETTINGS))
                .isEqualTo(new Experience(COST, 0.125, 0.5, 0.25, 0, 0, 1800));
    }

    @Test
    void aLookThatPaidIsRepeatedAfterHalfTheTime() {
        assertThat(lookingAgainAfter(1800).after(unasked(64), SETTINGS).lookAgainSeconds())
                .isEqualTo(900);
        assertThat(lookingAgainAfter(100).after(unasked(64), SETTINGS).lookAgainSeconds())
                .isEqualTo(60);
    }

    @Test
    void aLookThatPaidIsRepeatedNoLaterThanThePolicySays() {
        AdaptiveSettings impatient = new AdaptiveSettings(70, 64 * MEBIBYTE, 30, false, 20);

        assertThat(lookingAgainAfter(30).after(unasked(64), impatient).lookAgainSeconds())
                .isEqualTo(30);
    }

    @Test
    void aLookThatDidNotPayIsRepeatedAfterTwiceTheTime() {
        assertThat(lookingAgainAfter(400).after(unasked(63), SETTINGS).lookAgainSeconds())
                .isEqualTo(800);
        assertThat(lookingAgainAfter(1000).after(unasked(63), SETTINGS).lookAgainSeconds())
                .isEqualTo(1800);
    }

    @Test
    void aLookThatDidNotPayTeachesNothingElse() {
        Experience experience = new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 600);

        assertThat(experience.after(unasked(0), SETTINGS)).isEqualTo(new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 1200));
    }

    @Test
    void aLookThatPaidTeachesAsMuchAsAnyBoost() {
        Experience experience = new Experience(COST, 0.125, 0.2, 0.3, 4, 5, 600);

        assertThat(experience.after(unasked(300), SETTINGS))
                .isEqualTo(new Experience(COST, 0.25, 0.2, 0.25, 4, 0, 300));
    }

    @Test
    void otherSettingsChangeNothingButTheLongestRest() {
        AdaptiveSettings other = new AdaptiveSettings(30, 32 * MEBIBYTE, 900, true, 10);

        assertThat(new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 1200).under(other))
                .isEqualTo(new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 900));
        assertThat(new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 60).under(other))
                .isEqualTo(new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 60));
    }

    @Test
    void aBoostThatWasCalledForSaysNothingOfLooks() {
        assertThat(lookingAgainAfter(400).after(outcome(100, 64), SETTINGS).lookAgainSeconds())
                .isEqualTo(400);
    }

    @Test
    void eachThingLearnedLeavesTheOthers() {
        Experience experience = new Experience(COST, 0.1, 0.2, 0.3, 4, 5, 600);

        assertThat(experience.with(new LapCost(2, 3)))
                .isEqualTo(new Experience(new LapCost(2, 3), 0.1, 0.2, 0.3, 4, 5, 600));
        assertThat(experience.barren()).isEqualTo(new Experience(COST, 0.1, 0.2, 0.3, 4, 6, 600));
        assertThat(experience.withPairs()).isEqualTo(new Experience(COST, 0.1, 0.2, 1, 4, 5, 600));
        assertThat(experience.inVain(70)).isEqualTo(new Experience(COST, 0.1, 0.2, 0.3, 70, 5, 600));
    }
}
