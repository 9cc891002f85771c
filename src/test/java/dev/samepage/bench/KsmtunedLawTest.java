package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KsmtunedLawTest {
    private static final long GIBIBYTE = 1 << 20;
    private static final HostReading SHORT_OF_MEMORY =
            new HostReading(16 * GIBIBYTE, GIBIBYTE, GIBIBYTE, 15 * GIBIBYTE);
    private static final HostReading CACHES_DROPPED =
            new HostReading(16 * GIBIBYTE, 8 * GIBIBYTE, 8 * GIBIBYTE, 15 * GIBIBYTE);
    private static final HostReading ROOMY = new HostReading(16 * GIBIBYTE, 8 * GIBIBYTE, 8 * GIBIBYTE, 4 * GIBIBYTE);

    private final KsmtunedLaw law = new KsmtunedLaw();

    @Test
    void looksOnceAMinute() {
        assertThat(law.firstAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(law.every()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void takes300PagesMoreEachTimeUpTo1250WhileMemoryIsShort() {
        assertThat(pages(6, SHORT_OF_MEMORY, law.initial())).containsExactly(300L, 600L, 900L, 1200L, 1250L, 1250L);
    }

    @Test
    void takes50PagesLessEachTimeDownTo64WhileMemoryIsFreeAndTheGuestsDoNotFit() {
        assertThat(pages(4, CACHES_DROPPED, new Pace(true, 180, 10))).containsExactly(130L, 80L, 64L, 64L);
    }

    @Test
    void stopsOnceTheGuestsAndAFifthOfTheMemoryFit() {
        assertThat(law.next(new Pace(true, 600, 10), ROOMY).running()).isFalse();
    }

    @Test
    void goesOnFromWhereItStopped() {
        Pace stopped = law.next(new Pace(true, 600, 10), ROOMY);

        assertThat(law.next(stopped, SHORT_OF_MEMORY)).isEqualTo(new Pace(true, 900, 10));
    }

    @Test
    void sleepsLongerOnASmallHostAndNeverShorterThan10Millis() {
        assertThat(sleepOn(4)).isEqualTo(40);
        assertThat(sleepOn(8)).isEqualTo(20);
        assertThat(sleepOn(16)).isEqualTo(10);
        assertThat(sleepOn(1024)).isEqualTo(10);
    }

    private long sleepOn(long gibibytes) {
        return law.next(law.initial(), new HostReading(gibibytes * GIBIBYTE, 0, 0, gibibytes * GIBIBYTE))
                .sleepMillis();
    }

    private List<Long> pages(int times, HostReading host, Pace first) {
        return Stream.iterate(law.next(first, host), last -> law.next(last, host))
                .limit(times)
                .map(Pace::pagesToScan)
                .toList();
    }
}
