package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void theLimitGrowsToAMinute() {
        var backoff = new Backoff(() -> 1);

        assertThat(pauses(backoff, 6))
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(40),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1));
    }

    @Test
    void afterASuccessItBeginsAnew() {
        var backoff = new Backoff(() -> 1);
        pauses(backoff, 5);

        backoff.reset();

        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatTheServerAsksForComesOnTop() {
        assertThat(new Backoff(() -> 0.5).next(Duration.ofSeconds(30))).isEqualTo(Duration.ofMillis(32_500));
    }

    /** A cluster of 5,000 nodes whose API server was gone for hours: how many agents come back in its fullest second. */
    @Test
    void noTwoAgentsKeepStep() {
        var random = new Random(7);
        int[] comingBack = new int[60];
        for (int agent = 0; agent < 5000; agent++) {
            var backoff = new Backoff(random::nextDouble);
            pauses(backoff, 20);
            comingBack[(int) backoff.next(Duration.ZERO).toSeconds()]++;
        }

        assertThat(comingBack).doesNotContain(0);
        assertThat(Arrays.stream(comingBack).max().orElseThrow()).isLessThan(125);
    }

    private static List<Duration> pauses(Backoff backoff, int count) {
        var pauses = new ArrayList<Duration>();
        for (int i = 0; i < count; i++) {
            pauses.add(backoff.next(Duration.ZERO));
        }
        return pauses;
    }
}
