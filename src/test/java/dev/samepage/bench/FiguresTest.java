package dev.samepage.bench;

import static dev.samepage.bench.Recorded.lookedAt;
import static dev.samepage.bench.Recorded.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.bench.Figures.Reach;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final Offset<Double> ROUNDING = within(1e-9);
    private static final Schedule CONSTANT = Schedule.constant(10);

    @Test
    void theShareIsTheMeanOverTimeHoweverOftenWasLooked() {
        Figures figures = Figures.of(
                List.of(
                        sample(0, 100, 0, 0),
                        sample(1, 100, 50, 0),
                        sample(2, 100, 100, 0),
                        sample(3, 100, 100, 0),
                        sample(10, 100, 100, 0)),
                CONSTANT);

        assertThat(figures.share()).hasValueCloseTo(0.9, ROUNDING);
    }

    @Test
    void theTrueShareRisesWhenTheCountersDo() {
        Figures figures = Figures.of(
                List.of(
                        lookedAt(0, 100, 0, 0),
                        sample(1, 100, 0, 0),
                        sample(1.5, 100, 100, 0),
                        lookedAt(10, 100, 100, 100),
                        lookedAt(20, 100, 100, 100)),
                CONSTANT);

        // 18.5 s and half of half a second, of 20.
        assertThat(figures.trueShare()).hasValueCloseTo(0.9375, ROUNDING);
    }

    @Test
    void betweenTwoLooksTheTruthLeavesTheCountersEvenly() {
        Figures figures = Figures.of(
                List.of(
                        lookedAt(0, 100, 100, 100),
                        sample(5, 100, 100, 0),
                        lookedAt(10, 100, 100, 80),
                        lookedAt(20, 100, 50, 40)),
                CONSTANT);

        // 100 to 90, 90 to 80 and, while the counters fall to a half, 80 to 40.
        assertThat(figures.trueShare()).hasValueCloseTo(0.75, ROUNDING);
    }

    @Test
    void aLookWhileTheCountersShowNothingSaysNothingOfThem() {
        Figures figures = Figures.of(
                List.of(lookedAt(0, 100, 0, 0), sample(5, 100, 100, 0), lookedAt(10, 100, 100, 80)), CONSTANT);

        assertThat(figures.trueShare()).hasValueCloseTo(0.6, ROUNDING);
    }

    @Test
    void nothingIsTrulySavedWhereTheCountersNeverShowAnything() {
        Figures figures = Figures.of(List.of(lookedAt(0, 100, 0, 0), lookedAt(10, 100, 0, 0)), CONSTANT);

        assertThat(figures.trueShare()).hasValueCloseTo(0.0, ROUNDING);
    }

    @Test
    void nobodyLookedSoTheTrueShareIsNotKnown() {
        assertThat(Figures.of(List.of(sample(0, 100, 0, 0)), CONSTANT).trueShare())
                .isEmpty();
    }

    @Test
    void countersThatOverstateMakeAShareAboveOne() {
        Figures figures = Figures.of(List.of(sample(0, 100, 120, 0), sample(1, 100, 120, 0)), CONSTANT);

        assertThat(figures.share()).hasValueCloseTo(1.2, ROUNDING);
    }

    @Test
    void nothingIsSharedOrReachedWhereNothingCanBeSaved() {
        Figures figures = Figures.of(List.of(sample(0, 0, 0, 0), sample(1, 0, 0, 0.5)), CONSTANT);

        assertThat(figures.share()).isEmpty();
        assertThat(figures.afterStart()).isEmpty();
        assertThat(figures.ksmdCpuSeconds()).isEqualTo(0.5);
    }

    @Test
    void ninetyFivePercentAreReachedWithTheFirstSampleThatHasThem() {
        Figures figures = Figures.of(
                List.of(sample(0, 100, 0, 0), sample(0.5, 100, 94, 0), sample(1, 100, 95, 0), sample(9, 100, 20, 0)),
                CONSTANT);

        assertThat(figures.afterStart()).contains(new Reach(1, 9));
        assertThat(figures.afterArrival()).isEmpty();
    }

    @Test
    void aTunerThatDoesNotReachThemTakesForEver() {
        Figures figures = Figures.of(List.of(sample(0, 100, 0, 0), sample(60, 100, 94, 0)), CONSTANT);

        assertThat(figures.afterStart()).contains(new Reach(Double.POSITIVE_INFINITY, 60));
    }

    @Test
    void afterAnArrivalTimeCountsFromWhenTheNewcomersMemoryIsFilled() {
        Schedule schedule = Schedule.moreAtHalfTime(10, 4, Duration.ofSeconds(20));
        Figures figures = Figures.of(
                List.of(
                        sample(0, 100, 0, 0),
                        sample(10, 100, 90, 0),
                        newcomers(12, 14, 90),
                        newcomers(15, 14, 120),
                        newcomers(18, 14, 140),
                        newcomers(20, 14, 140)),
                schedule);

        assertThat(figures.afterStart()).contains(new Reach(Double.POSITIVE_INFINITY, 10));
        assertThat(figures.afterArrival()).contains(new Reach(6, 8));
    }

    private static Sample newcomers(double seconds, int guests, long savedMebibytes) {
        return sample(seconds, guests, 140, savedMebibytes, OptionalLong.empty(), 0);
    }

    @Test
    void cpuTimesAreThoseAtTheEnd() {
        Figures figures = Figures.of(List.of(sample(0, 100, 0, 0), sample(1, 100, 0, 0.7)), CONSTANT);

        assertThat(figures.ksmdCpuSeconds()).isEqualTo(0.7);
        assertThat(figures.ownCpuSeconds()).isEqualTo(0.25);
        assertThat(figures.machineCpuSeconds()).isEqualTo(12.5);
    }
}
