package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KubeVirtLawTest {
    private static final long GIBIBYTE = 1 << 20;
    private static final HostReading OUT_OF_MEMORY = new HostReading(16 * GIBIBYTE, 0, 0, 16 * GIBIBYTE);
    private static final HostReading ROOMY = new HostReading(16 * GIBIBYTE, 8 * GIBIBYTE, 8 * GIBIBYTE, 8 * GIBIBYTE);

    private final KubeVirtLaw law = new KubeVirtLaw();

    @Test
    void looksAtOnceAndEveryThreeMinutes() {
        assertThat(law.firstAfter()).isEqualTo(Duration.ZERO);
        assertThat(law.every()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void beginsWith100PagesAndTakes300MoreEachTimeUpTo1250WhileMemoryIsShort() {
        assertThat(pages(6, OUT_OF_MEMORY, law.initial())).containsExactly(100L, 400L, 700L, 1000L, 1250L, 1250L);
    }

    @Test
    void takes50PagesLessEachTimeWhileMemoryIsAvailable() {
        assertThat(pages(3, ROOMY, new Pace(true, 300, 100))).containsExactly(250L, 200L, 150L);
    }

    @Test
    void stopsWhenFewerThan64PagesWouldBeLeft() {
        assertThat(law.next(new Pace(true, 114, 100), ROOMY).running()).isTrue();
        assertThat(law.next(new Pace(true, 113, 100), ROOMY).running()).isFalse();
    }

    @Test
    void beginsWith100PagesAgainAfterAStop() {
        Pace stopped = law.next(new Pace(true, 113, 100), ROOMY);

        assertThat(law.next(stopped, OUT_OF_MEMORY).pagesToScan()).isEqualTo(100);
    }

    @Test
    void leavesKsmdAsleepWhileMemoryIsAvailable() {
        assertThat(law.next(law.initial(), ROOMY).running()).isFalse();
    }

    @Test
    void aFifthOfTheMemoryIsTooLittle() {
        assertThat(law.next(law.initial(), withAvailable(20)).running()).isTrue();
        assertThat(law.next(law.initial(), withAvailable(21)).running()).isFalse();
    }

    @Test
    void sleepsTheShorterTheMoreMemoryIsInUseAndNeverShorterThan10Millis() {
        assertThat(sleepWithInUse(8)).isEqualTo(200);
        assertThat(sleepWithInUse(16)).isEqualTo(100);
        assertThat(sleepWithInUse(64)).isEqualTo(25);
        assertThat(sleepWithInUse(1024)).isEqualTo(10);
    }

    private long sleepWithInUse(long gibibytes) {
        return law.next(law.initial(), new HostReading(gibibytes * GIBIBYTE, 0, 0, gibibytes * GIBIBYTE))
                .sleepMillis();
    }

    private static HostReading withAvailable(int percent) {
        return new HostReading(100 * GIBIBYTE, 0, percent * GIBIBYTE, 0);
    }

    private List<Long> pages(int times, HostReading host, Pace first) {
        return Stream.iterate(law.next(first, host), last -> law.next(last, host))
                .limit(times)
                .map(Pace::pagesToScan)
                .toList();
    }
}
