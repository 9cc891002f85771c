package dev.samepage.tuning;

import static dev.samepage.tuning.AdaptiveState.ALL_GONE;
import static dev.samepage.tuning.AdaptiveState.AT_BOUNDARY;
import static dev.samepage.tuning.AdaptiveState.IN_A_LAP;
import static dev.samepage.tuning.AdaptiveState.MERGING_PACE;
import static dev.samepage.tuning.AdaptiveState.NEW;
import static dev.samepage.tuning.AdaptiveState.SEEN;
import static dev.samepage.tuning.AdaptiveState.START;
import static dev.samepage.tuning.AdaptiveState.WITH_ONE_GONE;
import static dev.samepage.tuning.AdaptiveState.look;
import static dev.samepage.tuning.AdaptiveState.lookAtMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import org.junit.jupiter.api.Test;

/** What Adaptive says of itself. */
class AdaptiveWhyTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;
    private static final AdaptiveSettings UNDER_PRESSURE = new AdaptiveSettings(70, 64 * MEBIBYTE, 1800, true, 20);

    /** 8 MiB beside 100 that were seen and are not merged, so that a boost does not pay. */
    private static final Unseen LITTLE = SEEN.next(look(0).guest(2, 8).sample());

    private final AdaptiveState state = new AdaptiveState();

    private static Look littleHasCome() {
        return look(1).guest(2, 8).with(Counter.PAGES_UNSHARED, 99_999);
    }

    @Test
    void aRestSaysWhatHasLedToIt() {
        assertThat(state.step(AT_BOUNDARY, SEEN, look(1)).why()).isEqualTo("Done.");
    }

    @Test
    void aRestThatIsAboutToEndSaysNoMore() {
        assertThat(state.step(AT_BOUNDARY, NEW, lookAtMillis(999)).why()).isEqualTo("Done.");
    }

    @Test
    void aRestSaysWhatDoesNotPay() {
        assertThat(state.step(AT_BOUNDARY, LITTLE, littleHasCome()).why())
                .isEqualTo("Done. 8 MiB that no lap has seen do not pay for another yet.");
    }

    @Test
    void aRestWithoutGuestsSaysSo() {
        assertThat(state.step(AT_BOUNDARY, ALL_GONE, Look.at(1)).why()).isEqualTo("There is no guest.");
    }

    @Test
    void aRestForPlentifulMemorySaysSo() {
        state.settings = UNDER_PRESSURE;

        assertThat(state.step(AT_BOUNDARY, LITTLE, littleHasCome()).why()).isEqualTo("Memory is plentiful.");
    }

    @Test
    void aRestWhereMemoryIsShortSaysWhatDoesNotPay() {
        state.settings = UNDER_PRESSURE;
        state.pressure = new Pressure(10, true, 0);

        assertThat(state.step(AT_BOUNDARY, LITTLE, littleHasCome().available(10))
                        .why())
                .isEqualTo("Done. 8 MiB that no lap has seen do not pay for another yet.");
    }

    @Test
    void aBoostSaysWhatItIsFor() {
        Prospect prospect = new Prospect(100 * MEBIBYTE, 0, 50 * MEBIBYTE, 1, 64 * MEBIBYTE);
        Boosting boosting = new Boosting(
                START, true, 1, Lap.begin(START, 25_600), MERGING_PACE, 0, prospect, true, false, "For something.");

        assertThat(state.step(boosting, SEEN, look(1)).why()).isEqualTo("For something.");
    }

    @Test
    void furtherLapsSayHowLong() {
        Tracking tracking = new Tracking(Lap.begin(START, 10_000), MERGING_PACE, 0, Reason.MET, false);

        assertThat(state.step(tracking, SEEN, look(1)).why()).isEqualTo("Another lap, as long as it pays.");
    }

    @Test
    void tidyingSaysWhomItPasses() {
        assertThat(state.step(Tidying.begin(IN_A_LAP, START, MERGING_PACE), WITH_ONE_GONE, look(1))
                        .why())
                .isEqualTo("ksmd passes guests that have ended.");
    }
}
