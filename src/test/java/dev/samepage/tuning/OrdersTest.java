package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.ResidentGuest;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersTest {
    private static final Set<Knob> ALL = EnumSet.allOf(Knob.class);
    private static final Reading START = Given.scanned(0, 0, 0);
    private static final Prospect PROSPECT = new Prospect(0, 0, 0, 0, 0);

    /** 4000 pages in 100 ms. */
    private static final Pace PACE = new Pace(1000, 17, 0, 4, List.of(START, Given.scanned(100_000_000, 0, 4000)));

    private static final Lap LAP = Lap.begin(START, 100_000);
    private static final Resting RESTING = new Resting(START, true, "All is done.");
    private static final Tidying TIDYING = Tidying.begin(RESTING, START, PACE);

    private static Boosting boosting(int lapNumber, boolean thorough, Lap lap) {
        return new Boosting(START, true, lapNumber, lap, PACE, 0, PROSPECT, thorough, false, "For something.");
    }

    private static Tracking tracking(boolean thorough, Lap lap) {
        return new Tracking(lap, PACE, 0, Reason.UNPROVEN, thorough);
    }

    private static Lap left(long pages) {
        return Lap.begin(START, pages);
    }

    private static Adaptive adaptive(AdaptiveSettings settings, Doing doing, Unseen unseen, long availablePercent) {
        return new Adaptive(
                settings,
                START,
                unseen,
                null,
                Pressure.of(new HostMemory(100, availablePercent), 20, 0),
                Experience.none(settings),
                doing);
    }

    private static Unseen guests(int count) {
        return Unseen.of(Given.sample(
                0,
                null,
                Map.of(),
                IntStream.rangeClosed(1, count)
                        .mapToObj(pid -> Given.guest(pid, 10))
                        .toArray(ResidentGuest[]::new)));
    }

    @Test
    void restIsAStandstillWithTheAdvisorOff() {
        assertThat(Orders.knobs(RESTING, ALL)).isEqualTo(Map.of(Knob.RUN, 0L, Knob.ADVISOR_MODE, 0L));
    }

    @Test
    void whatTheKernelLacksIsNotAskedFor() {
        assertThat(Orders.knobs(boosting(2, true, LAP), EnumSet.of(Knob.RUN, Knob.PAGES_TO_SCAN)))
                .isEqualTo(Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 1000L));
    }

    @ParameterizedTest
    @CsvSource({"0, true, 1", "1, true, 1", "2, true, 0", "2, false, 1"})
    void theLastLapOfABoostLeavesNothingOutUnlessWhatComesIsKnown(int lapNumber, boolean thorough, long smartScan) {
        assertThat(Orders.knobs(boosting(lapNumber, thorough, LAP), ALL))
                .isEqualTo(Map.of(
                        Knob.RUN, 1L,
                        Knob.PAGES_TO_SCAN, 1000L,
                        Knob.SLEEP_MILLISECS, 17L,
                        Knob.SMART_SCAN, smartScan,
                        Knob.ADVISOR_MODE, 0L));
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    void aFurtherLapLeavesNothingOutWhereThatWasMissing(boolean thorough, long smartScan) {
        assertThat(Orders.knobs(tracking(thorough, LAP), ALL))
                .isEqualTo(Map.of(
                        Knob.RUN, 1L,
                        Knob.PAGES_TO_SCAN, 1000L,
                        Knob.SLEEP_MILLISECS, 17L,
                        Knob.SMART_SCAN, smartScan,
                        Knob.ADVISOR_MODE, 0L));
    }

    @Test
    void tidyingTakesSmallBatches() {
        assertThat(Orders.knobs(TIDYING, ALL))
                .isEqualTo(Map.of(
                        Knob.RUN, 1L,
                        Knob.PAGES_TO_SCAN, 64L,
                        Knob.SLEEP_MILLISECS, 20L,
                        Knob.ADVISOR_MODE, 0L));
    }

    @Test
    void tidyingGetsThroughTheProcessAtHandInEarnest() {
        Reading onItsWay = Given.scanned(100_000_000, 0, 64);

        assertThat(Orders.knobs(new Tidying(RESTING, START, onItsWay, false, PACE), ALL))
                .isEqualTo(Map.of(
                        Knob.RUN, 1L,
                        Knob.PAGES_TO_SCAN, 1000L,
                        Knob.SLEEP_MILLISECS, 17L,
                        Knob.ADVISOR_MODE, 0L));
        assertThat(Orders.knobs(new Tidying(RESTING, START, onItsWay, true, PACE), ALL))
                .containsEntry(Knob.PAGES_TO_SCAN, 64L);
    }

    @Test
    void ksmdCreepsTowardsTheEndOfALapAfterWhichItMayRest() {
        // 6000 pages in 150 ms, which is a look and a half.
        assertThat(Orders.isCreeping(boosting(2, true, left(6000)))).isFalse();
        assertThat(Orders.isCreeping(boosting(2, true, left(5999)))).isTrue();
        assertThat(Orders.isCreeping(tracking(true, left(6000)))).isFalse();
        assertThat(Orders.isCreeping(tracking(true, left(5999)))).isTrue();
    }

    @Test
    void ksmdCreepsAtNoOtherTime() {
        assertThat(Orders.isCreeping(boosting(1, true, left(10)))).isFalse();
        assertThat(Orders.isCreeping(boosting(0, true, left(10)))).isFalse();
        assertThat(Orders.isCreeping(RESTING)).isFalse();
        assertThat(Orders.isCreeping(TIDYING)).isFalse();
    }

    @Test
    void ksmdDoesNotCreepWhereTheKernelDoesNotTellHowFarALapIs() {
        assertThat(Orders.isCreeping(tracking(true, Lap.begin(Given.reading(0, Map.of()), 10))))
                .isFalse();
    }

    @Test
    void ksmdSleepsLongerThanALookTakesWhereItCreeps() {
        assertThat(Orders.knobs(boosting(2, true, left(10)), ALL)).containsEntry(Knob.SLEEP_MILLISECS, 40L);
        assertThat(Orders.knobs(tracking(true, left(10)), ALL)).containsEntry(Knob.SLEEP_MILLISECS, 40L);
    }

    @Test
    void looksTenTimesASecondWhileKsmdRunsAndOftenerAtTheEndOfALap() {
        AdaptiveSettings settings = AdaptiveSettings.defaults();
        Unseen guests = guests(1);

        assertThat(List.of(boosting(1, true, LAP), tracking(true, LAP), TIDYING, boosting(0, true, left(10))))
                .extracting(doing -> Orders.nextLook(adaptive(settings, doing, guests, 50)))
                .containsOnly(Duration.ofMillis(100));
        assertThat(List.of(boosting(1, true, left(10)), tracking(true, left(10))))
                .extracting(doing -> Orders.nextLook(adaptive(settings, doing, guests, 50)))
                .containsOnly(Duration.ofMillis(15));
    }

    @ParameterizedTest
    @CsvSource({"0, 500", "50, 500", "51, 510", "400, 4000", "401, 4000"})
    void looksTheMoreSeldomTheMoreGuestsThereAreWhileItRests(int guests, long millis) {
        assertThat(Orders.nextLook(adaptive(AdaptiveSettings.defaults(), RESTING, guests(guests), 50)))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void eachThingItDoesIsAPhase() {
        assertThat(Orders.phase(RESTING)).isEqualTo(Phase.REST);
        assertThat(Orders.phase(boosting(1, true, LAP))).isEqualTo(Phase.BOOST);
        assertThat(Orders.phase(tracking(true, LAP))).isEqualTo(Phase.TRACK);
        assertThat(Orders.phase(TIDYING)).isEqualTo(Phase.TRACK);
    }

    @Test
    void tellsHowFarAWholeLapIs() {
        Lap lap = LAP.next(Given.scanned(1, 0, 25_000), true);

        assertThat(Orders.lapPercent(boosting(1, true, lap))).hasValue(25);
        assertThat(Orders.lapPercent(tracking(true, lap))).hasValue(25);
    }

    @Test
    void doesNotTellHowFarTheRestOfALapIs() {
        assertThat(Orders.lapPercent(boosting(0, true, LAP))).isEmpty();
        assertThat(Orders.lapPercent(RESTING)).isEmpty();
        assertThat(Orders.lapPercent(TIDYING)).isEmpty();
    }
}
