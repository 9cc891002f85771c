package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadingTest {
    private static final Map<Counter, Long> COUNTERS = Map.of(
            Counter.FULL_SCANS, 3L,
            Counter.PAGES_SCANNED, 5000L,
            Counter.PAGES_SKIPPED, 700L,
            Counter.PAGES_SHARED, 10L,
            Counter.PAGES_SHARING, 200L,
            Counter.PAGES_UNSHARED, 1000L,
            Counter.PAGES_VOLATILE, 40L,
            Counter.KSM_ZERO_PAGES, 7L);

    private static Reading reading(long nanos, Map<Counter, Long> counters) {
        return Given.reading(nanos, counters);
    }

    private static Reading ofCpu(long laps, long cpuNanos) {
        return Given.reading(0, cpuNanos, Map.of(Counter.FULL_SCANS, laps));
    }

    @Test
    void isMadeOfTheKernelsCounters() {
        assertThat(Given.reading(9, 77, COUNTERS))
                .isEqualTo(new Reading(9, 3, 77L, 5700L, 700, 207, 10, 210, 1250, 7, 40));
    }

    @Test
    void knowsNoWalkWhereTheKernelDoesNotCountPages() {
        assertThat(reading(9, Map.of(Counter.PAGES_SHARED, 2L, Counter.PAGES_SHARING, 8L)))
                .isEqualTo(new Reading(9, 0, null, null, 0, 8, 2, 10, 10, 0, 0));
    }

    @Test
    void pagesAreProvenThatAreMergedOrWaitForAnEqual() {
        assertThat(Given.reading(9, 77, COUNTERS).provenPages()).isEqualTo(10 + 200 + 1000 + 7);
    }

    @Test
    void tellsWhatHasBeenDoneSinceAnEarlierOne() {
        Reading before = Given.scanned(1000, 500, 40);
        Reading now = Given.scanned(1700, 650, 64);

        assertThat(now.nanosSince(before)).isEqualTo(700);
        assertThat(now.cpuNanosSince(before)).hasValue(150);
        assertThat(now.walkedPagesSince(before)).hasValue(24);
    }

    @Test
    void nothingHasBeenDoneWhereCountersGoBack() {
        Reading before = Given.scanned(1000, 500, 40);
        Reading now = Given.scanned(900, 400, 30);

        assertThat(now.nanosSince(before)).isZero();
        assertThat(now.cpuNanosSince(before)).hasValue(0);
        assertThat(now.walkedPagesSince(before)).hasValue(0);
    }

    @Test
    void doesNotTellWhatOnlyOneOfTheTwoKnows() {
        Reading blind = reading(0, Map.of());
        Reading seeing = Given.scanned(0, 500, 40);

        assertThat(seeing.cpuNanosSince(blind)).isEmpty();
        assertThat(blind.cpuNanosSince(seeing)).isEmpty();
        assertThat(seeing.walkedPagesSince(blind)).isEmpty();
        assertThat(blind.walkedPagesSince(seeing)).isEmpty();
    }

    @Test
    void ksmdHasMovedWhereItHasLookedAtAPage() {
        assertThat(Given.scanned(0, 0, 41).hasMovedSince(Given.scanned(0, 0, 40)))
                .isTrue();
    }

    @Test
    void ksmdHasNotMovedWhereItHasOnlyWokenUp() {
        assertThat(Given.scanned(0, 5_000_000, 40).hasMovedSince(Given.scanned(0, 0, 40)))
                .isFalse();
        assertThat(ofCpu(3, 199_999).hasMovedSince(ofCpu(3, 0))).isFalse();
    }

    @Test
    void ksmdHasMovedWhereOnlyItsCpuTimeIsKnownAndThatIsWorkedOff() {
        assertThat(ofCpu(3, 200_000).hasMovedSince(ofCpu(3, 0))).isTrue();
    }

    @Test
    void ksmdHasMovedWhereALapHasEnded() {
        assertThat(ofCpu(4, 0).hasMovedSince(ofCpu(3, 0))).isTrue();
    }

    @Test
    void ksmdIsTakenToMoveWhereNobodyCanTell() {
        assertThat(reading(1, Map.of()).hasMovedSince(reading(0, Map.of()))).isTrue();
    }

    @Test
    void isFreshWhereKsmdKnowsNoPage() {
        assertThat(reading(0, Map.of()).isFresh()).isTrue();
        assertThat(reading(0, Map.of(Counter.FULL_SCANS, 1L)).isFresh()).isFalse();
        assertThat(reading(0, Map.of(Counter.PAGES_UNSHARED, 1L)).isFresh()).isFalse();
    }
}
