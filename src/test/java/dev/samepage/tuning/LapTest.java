package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.kernel.Counter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LapTest {
    private static final long SECOND = Given.SECOND;

    private static Reading at(long second, long laps, long scanned, long sharing) {
        return Given.reading(
                second * SECOND,
                second * SECOND / 2,
                Map.of(
                        Counter.FULL_SCANS, laps,
                        Counter.PAGES_SCANNED, scanned,
                        Counter.PAGES_SHARING, sharing));
    }

    @Test
    void isAsFarAsItsPagesHaveBeenLookedAt() {
        Lap lap = Lap.begin(at(1, 0, 500, 0), 1000);

        assertThat(lap.share()).hasValue(0);
        assertThat(lap.surelyLeftPages()).hasValue(1000);
        assertThat(lap.next(at(2, 0, 750, 0), true).share()).hasValue(0.25);
        assertThat(lap.next(at(2, 0, 750, 0), true).surelyLeftPages()).hasValue(750);
        assertThat(lap.next(at(2, 0, 750, 0), true).cpuNanos()).hasValue(SECOND / 2);
    }

    @Test
    void isNoFurtherThanItsEndWhereThereAreMorePagesThanWereExpected() {
        Lap lap = Lap.begin(at(1, 0, 500, 0), 1000).next(at(2, 0, 1600, 0), true);

        assertThat(lap.share()).hasValue(1);
        assertThat(lap.surelyLeftPages()).hasValue(-100);
    }

    @Test
    void hasFewerPagesLeftWhereSomeGo() {
        Lap lap = Lap.begin(at(1, 0, 500, 1000), 1000).next(at(2, 0, 1300, 880), true);

        assertThat(lap.surelyLeftPages()).hasValue(80);
        assertThat(lap.share()).hasValueCloseTo(0.909, within(0.001));
    }

    @Test
    void hasAsManyPagesAsWereExpectedWhereKsmdMeetsThemForTheFirstTime() {
        assertThat(Lap.begin(at(1, 0, 500, 0), 1000)
                        .next(at(2, 0, 750, 250), true)
                        .surelyLeftPages())
                .hasValue(750);
    }

    @Test
    void hasAtLeastOnePage() {
        assertThat(Lap.begin(at(1, 0, 0, 0), 0).expectedPages()).isEqualTo(1);
        assertThat(Lap.begin(at(1, 0, 0, 0), 1000).following(at(1, 0, 0, 0)).expectedPages())
                .isEqualTo(1);
    }

    @Test
    void doesNotTellHowFarItIsWhereTheKernelDoesNot() {
        Lap lap = Lap.begin(Given.reading(0, Map.of()), 1000).next(Given.reading(SECOND, Map.of()), true);

        assertThat(lap.share()).isEmpty();
        assertThat(lap.surelyLeftPages()).isEmpty();
        assertThat(lap.cpuNanos()).isEmpty();
    }

    @Test
    void isOverOnceKsmdHasBegunAnother() {
        Lap lap = Lap.begin(at(1, 4, 0, 0), 1000);

        assertThat(lap.next(at(2, 4, 1000, 0), true).isOver()).isFalse();
        assertThat(lap.next(at(2, 5, 1000, 0), true).isOver()).isTrue();
    }

    @Test
    void gainsWhatIsMergedAndLosesNothingOfItByWhatGoesMeanwhile() {
        Lap lap = Lap.begin(at(1, 0, 0, 100), 1000)
                .next(at(2, 0, 10, 130), true)
                .next(at(3, 0, 20, 90), true)
                .next(at(4, 0, 30, 95), true);

        assertThat(lap.gainedPages()).isEqualTo(35);
    }

    @Test
    void isStuckAfterMoreThanHalfAMinuteWithoutAPage() {
        Lap lap = Lap.begin(at(1, 0, 0, 0), 1000).next(at(5, 0, 10, 0), true);

        assertThat(lap.next(at(35, 0, 10, 0), true).isStuck()).isFalse();
        assertThat(lap.next(at(36, 0, 10, 0), true).isStuck()).isTrue();
        assertThat(lap.next(at(36, 0, 11, 0), true).isStuck()).isFalse();
    }

    @Test
    void isNotStuckWhereKsmdDoesNotRun() {
        Lap lap = Lap.begin(at(1, 0, 0, 0), 1000).next(at(40, 0, 0, 0), false);

        assertThat(lap.isStuck()).isFalse();
        assertThat(lap.next(at(70, 0, 0, 0), true).isStuck()).isFalse();
        assertThat(lap.next(at(71, 0, 0, 0), true).isStuck()).isTrue();
    }

    @Test
    void hasSpentAsMuchAsItIsFarWhereKsmdCannotBeSeen() {
        Reading begun = Given.reading(0, Map.of(Counter.PAGES_SCANNED, 500L));
        Reading now = Given.reading(SECOND, Map.of(Counter.PAGES_SCANNED, 750L));

        assertThat(Lap.begin(begun, 1000).next(now, true).spentShare(2)).isEqualTo(0.25);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.125", "6, 0.75", "8, 1", "9, 1"})
    void hasSpentKsmdsCpuTime(long cpuSeconds, double share) {
        Lap lap = Lap.begin(Given.reading(0, 0, Map.of()), 1000)
                .next(Given.reading(20 * SECOND, cpuSeconds * SECOND, Map.of()), true);

        assertThat(lap.spentShare(8)).isEqualTo(share);
    }

    @Test
    void hasSpentNothingWhereNobodyCanTell() {
        Lap unseen = Lap.begin(Given.reading(0, Map.of()), 1000).next(Given.reading(SECOND, Map.of()), true);
        Lap seen =
                Lap.begin(Given.reading(0, 0, Map.of()), 1000).next(Given.reading(20 * SECOND, SECOND, Map.of()), true);

        assertThat(unseen.spentShare(8)).isZero();
        assertThat(seen.spentShare(0)).isZero();
    }

    @Test
    void isFollowedByOneOfAsManyPagesAsKsmdKnows() {
        Reading before = at(2, 0, 900, 400);
        Lap next = Lap.begin(at(1, 0, 0, 300), 1000)
                .next(before, true)
                .next(at(3, 1, 960, 450), true)
                .following(before);

        assertThat(next).isEqualTo(new Lap(at(3, 1, 960, 450), at(3, 1, 960, 450), 450, 60, 3 * SECOND, 0, 0));
        assertThat(next.surelyLeftPages()).hasValue(390);
    }

    private static Reading counted(long laps, long scanned, long skipped, long unshared, long rest, long zero) {
        return Given.reading(
                laps * SECOND,
                0,
                Map.of(
                        Counter.FULL_SCANS, laps,
                        Counter.PAGES_SCANNED, scanned,
                        Counter.PAGES_SKIPPED, skipped,
                        Counter.PAGES_UNSHARED, unshared,
                        Counter.PAGES_VOLATILE, rest,
                        Counter.KSM_ZERO_PAGES, zero));
    }

    @Test
    void leavesUnprovedWhatItHasNeitherSkippedNorMergedWithTheZeroPage() {
        // 500 pages were merged with the zero page before it: the kernel keeps no note of those any more.
        Lap lap = Lap.begin(counted(1, 0, 300, 0, 1000, 500), 1000).next(counted(2, 1000, 370, 0, 200, 520), true);

        assertThat(lap.unprovenPages()).isEqualTo(200 - 70 - 20);
    }

    @Test
    void leavesNoFewerThanNoPagesUnproved() {
        Lap lap = Lap.begin(counted(1, 0, 0, 0, 0, 0), 1000).next(counted(2, 1000, 70, 0, 60, 20), true);

        assertThat(lap.unprovenPages()).isZero();
    }

    @Test
    void provesWhatIsMergedOrWaitsForAnEqualAndDidNotBefore() {
        Lap lap = Lap.begin(counted(1, 0, 0, 100, 900, 0), 1000).next(counted(1, 500, 0, 180, 600, 5), true);

        assertThat(lap.provenPages()).isEqualTo(80 + 5);
    }

    @Test
    void provesNothingByPassingOverOtherPagesThanTheLapBefore() {
        // Of 1000 pages that do not change the lap before has passed over 400, and half of this one over 100.
        Reading end = counted(2, 600, 400, 600, 400, 0);
        Lap lap = Lap.begin(counted(1, 0, 0, 1000, 0, 0), 1000)
                .next(end, true)
                .following(end)
                .next(counted(2, 1000, 500, 700, 300, 0), true);

        assertThat(lap.skippedBefore()).isEqualTo(400);
        assertThat(lap.provenPages()).isZero();
    }
}
