package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.tuning.LapCost.Pages;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LapCostTest {
    private static final Offset<Double> EXACTLY = within(1e-12);
    private static final Pages PAGES = new Pages(10_000, 2_000, 3_000);

    @Test
    void aLapHasAllPages() {
        assertThat(PAGES.all()).isEqualTo(15_000);
    }

    @Test
    void aBoostFromABoundaryIsTwoLapsOverWhatIsOldAndOneMergeOfWhatIsNew() {
        // 2 × (10,000 × 0.4 µs + 2,000 × 5 µs) + 3,000 × 8 µs
        assertThat(LapCost.assumed().boostSeconds(PAGES, true)).isEqualTo(0.052, EXACTLY);
    }

    @Test
    void aBoostFromTheMiddleOfALapTakesHalfALapMore() {
        assertThat(LapCost.assumed().boostSeconds(PAGES, false)).isEqualTo(0.059, EXACTLY);
    }

    @Test
    void aFurtherLapGoesOverWhatIsOld() {
        assertThat(LapCost.assumed().furtherLapSeconds(PAGES)).isEqualTo(0.014, EXACTLY);
    }

    @Test
    void mergingTakesSevenMicrosecondsAPage() {
        assertThat(LapCost.assumed().mergingSeconds(3_000)).isEqualTo(0.021, EXACTLY);
    }

    @Test
    void everythingIsDearerOnASlowerHost() {
        LapCost slow = new LapCost(3, 0);

        assertThat(slow.mergingSeconds(3_000)).isEqualTo(0.063, EXACTLY);
        assertThat(slow.boostSeconds(PAGES, true)).isEqualTo(0.156, EXACTLY);
        assertThat(slow.furtherLapSeconds(PAGES)).isEqualTo(0.042, EXACTLY);
    }

    @Test
    void goesHalfTheWayToWhatABoostHasTaken() {
        assertThat(new LapCost(2, 5000).measured(4, 8, 9000)).isEqualTo(new LapCost(3, 9000));
        assertThat(new LapCost(2, 5000).measured(8, 4, 9000)).isEqualTo(new LapCost(1.5, 9000));
    }

    @Test
    void learnsNothingFromABoostWhoseTimeIsNotKnown() {
        assertThat(new LapCost(2, 5000).measured(4, 0, 9000)).isEqualTo(new LapCost(2, 9000));
        assertThat(new LapCost(2, 5000).measured(0, 4, 9000)).isEqualTo(new LapCost(2, 9000));
    }

    @Test
    void staysWithinAFactorOfTwenty() {
        assertThat(new LapCost(15, 0).measured(1, 100, 0).factor()).isEqualTo(20);
        assertThat(new LapCost(0.06, 0).measured(100, 1, 0).factor()).isEqualTo(0.05);
    }
}
