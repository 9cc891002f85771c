package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class WritePaceTest {
    private static final long MILLI = 1_000_000;

    private long now = Long.MAX_VALUE - 5;
    private final WritePace pace = new WritePace(() -> now);

    @Test
    void fiftyGoAheadAtOnce() {
        for (int i = 0; i < 50; i++) {
            assertThat(pace.ask()).isZero();
        }
        assertThat(pace.ask()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void thoseWhoWaitAreSentIntoALine() {
        for (int i = 0; i < 50; i++) {
            pace.ask();
        }

        assertThat(List.of(pace.ask(), pace.ask(), pace.ask()))
                .containsExactly(Duration.ofMillis(1000), Duration.ofMillis(1020), Duration.ofMillis(1040));
    }

    /** 5,000 nodes whose policy was deleted. */
    @Test
    void noSecondHasMoreThanFiftyWritesAndAllComeThrough() {
        long start = now;
        var comesAt = new PriorityQueue<Long>();
        for (int i = 0; i < 5000; i++) {
            comesAt.add(0L);
        }
        var writes = new ArrayList<Long>();
        int asked = 0;
        while (!comesAt.isEmpty()) {
            long at = comesAt.remove();
            now = start + at;
            Duration left = pace.ask();
            asked++;
            if (left.isZero()) {
                writes.add(at);
            } else {
                comesAt.add(at + left.toNanos());
            }
        }

        for (int i = 50; i < writes.size(); i++) {
            assertThat(writes.get(i) - writes.get(i - 50)).isGreaterThanOrEqualTo(1000 * MILLI);
        }
        assertThat(writes.getLast()).isLessThan(101_000 * MILLI);
        assertThat(asked).isLessThan(3 * 5000);
    }
}
