package dev.samepage.agent;

import static dev.samepage.agent.Samples.laps;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Guest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LapCounterTest {
    @Test
    void lapsBeforeTheFirstSampleDoNotCount() {
        assertThat(after(laps(900, 1))).isZero();
    }

    @Test
    void lapsCountFromTheFirstSampleOn() {
        assertThat(after(laps(900, 1), laps(901, 1), laps(903, 1))).isEqualTo(3);
    }

    @Test
    void lapsOfANodeWithoutGuestsCount() {
        assertThat(after(laps(5), laps(7))).isEqualTo(2);
    }

    @Test
    void anArrivalBeginsAnew() {
        assertThat(after(laps(1, 1), laps(5, 1), laps(6, 1, 2))).isZero();
    }

    @Test
    void aDepartureDoesNot() {
        assertThat(after(laps(1, 1, 2), laps(5, 1, 2), laps(6, 1))).isEqualTo(5);
    }

    @Test
    void aGuestThatComesBackIsAnArrival() {
        assertThat(after(laps(1, 1), laps(5), laps(6, 1))).isZero();
    }

    @Test
    void anotherProcessWithAnOldIdIsAnArrival() {
        Sample reused = Samples.of(
                Map.of(), Map.of(dev.samepage.kernel.Counter.FULL_SCANS, 6L), List.of(new Guest(1, "guest-1", 101)));

        assertThat(after(laps(1, 1), laps(5, 1), reused)).isZero();
    }

    @Test
    void anUnmergeBeginsAnew() {
        assertThat(after(laps(1, 1), laps(9, 1), laps(0, 1))).isZero();
    }

    @Test
    void lapsMadeSinceAnUnmergeCount() {
        assertThat(after(laps(1, 1), laps(9, 1), laps(2, 1), laps(3, 1))).isEqualTo(3);
    }

    private static long after(Sample... samples) {
        LapCounter counter = new LapCounter();
        for (Sample sample : samples) {
            counter.add(sample);
        }
        return counter.sinceLastArrival();
    }
}
