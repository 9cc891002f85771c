package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void theFirstTimeIsAtOnce() {
        assertThat(Attempts.none().mayTry("a", NOON)).isTrue();
    }

    @Test
    void somethingNewIsTriedAtOnce() {
        assertThat(times(9).mayTry("b", NOON)).isTrue();
    }

    @ParameterizedTest(name = "{1} s after time {0}")
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 32", "7, 64", "8, 128", "9, 256", "10, 300", "99, 300"})
    void theSameIsTriedAgainAfterAGrowingPause(int count, int pauseSeconds) {
        assertThat(times(count).mayTry("a", NOON.plusSeconds(pauseSeconds).minusMillis(1)))
                .isFalse();
        assertThat(times(count).mayTry("a", NOON.plusSeconds(pauseSeconds))).isTrue();
    }

    @Test
    void aClockThatIsSetBackHoldsNothingUp() {
        assertThat(times(9).mayTry("a", NOON.minusSeconds(1))).isTrue();
    }

    @Test
    void eachTimeCounts() {
        assertThat(Attempts.none().next("a", NOON).next("a", NOON.plusSeconds(1)))
                .isEqualTo(new Attempts("a", 2, NOON.plusSeconds(1)));
    }

    @Test
    void somethingNewBeginsAtOne() {
        assertThat(times(9).next("b", NOON.plusSeconds(1))).isEqualTo(new Attempts("b", 1, NOON.plusSeconds(1)));
    }

    @Test
    void tenMinutesAreNotYetPeace() {
        assertThat(times(9).next("a", NOON.plusSeconds(600)).count()).isEqualTo(10);
    }

    @Test
    void moreThanTenMinutesOfPeaceBeginAtOne() {
        assertThat(times(9).next("a", NOON.plusSeconds(601)).count()).isEqualTo(1);
    }

    private static Attempts times(int count) {
        return new Attempts("a", count, NOON);
    }
}
