package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Knob;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Set<Knob> REFUSED = Set.of(Knob.RUN, Knob.SMART_SCAN);

    @Test
    void theFirstTimeIsAtOnce() {
        assertThat(Attempts.none().of("a").mayTry(REFUSED, NOON)).isTrue();
    }

    @Test
    void somethingNewIsTriedAtOnce() {
        assertThat(times(9).of("b").mayTry(REFUSED, NOON)).isTrue();
    }

    @ParameterizedTest(name = "{1} s after time {0}")
    @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 32", "7, 64", "8, 128", "9, 256", "10, 300", "99, 300"})
    void theSameIsTriedAgainAfterAGrowingPause(int count, int pauseSeconds) {
        assertThat(times(count).mayTry(REFUSED, NOON.plusSeconds(pauseSeconds).minusMillis(1)))
                .isFalse();
        assertThat(times(count).mayTry(REFUSED, NOON.plusSeconds(pauseSeconds))).isTrue();
    }

    @Test
    void aClockThatIsSetBackHoldsNothingUp() {
        assertThat(times(9).mayTry(REFUSED, NOON.minusSeconds(1))).isTrue();
    }

    @Test
    void whatWasAskedForBetweenMakesTheSameNewAgain() {
        assertThat(times(9).of("b").of("a").mayTry(REFUSED, NOON)).isTrue();
        assertThat(times(9).of("a").mayTry(REFUSED, NOON)).isFalse();
    }

    @Test
    void eachTimeCounts() {
        assertThat(Attempts.none().of("a").next(REFUSED, NOON).next(REFUSED, NOON.plusSeconds(1)))
                .isEqualTo(new Attempts("a", REFUSED, 2, NOON.plusSeconds(1)));
    }

    @Test
    void somethingNewBeginsAtOne() {
        assertThat(times(9).of("b").next(REFUSED, NOON.plusSeconds(1)))
                .isEqualTo(new Attempts("b", REFUSED, 1, NOON.plusSeconds(1)));
    }

    @Test
    void aKnobThatWasNotRefusedIsSetAtOnce() {
        assertThat(times(9).mayTry(Set.of(Knob.RUN, Knob.PAGES_TO_SCAN), NOON)).isTrue();
    }

    @Test
    void whatElseIsWantedMeanwhileMakesNoPauseShorter() {
        assertThat(times(9).next(Set.of(Knob.RUN, Knob.PAGES_TO_SCAN), NOON.plusSeconds(1)))
                .isEqualTo(new Attempts("a", Set.of(Knob.RUN, Knob.PAGES_TO_SCAN), 10, NOON.plusSeconds(1)));
    }

    @Test
    void anotherKnobThatIsRefusedBeginsAtOne() {
        assertThat(times(9).next(Set.of(Knob.PAGES_TO_SCAN), NOON.plusSeconds(1)))
                .isEqualTo(new Attempts("a", Set.of(Knob.PAGES_TO_SCAN), 1, NOON.plusSeconds(1)));
    }

    @Test
    void tenMinutesAreNotYetPeace() {
        assertThat(times(9).next(REFUSED, NOON.plusSeconds(600)).count()).isEqualTo(10);
    }

    @Test
    void moreThanTenMinutesOfPeaceBeginAtOne() {
        assertThat(times(9).next(REFUSED, NOON.plusSeconds(601)).count()).isEqualTo(1);
    }

    private static Attempts times(int count) {
        return new Attempts("a", REFUSED, count, NOON);
    }
}
