package dev.samepage.tuning.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulatedKsmTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final GuestMemory SMALL = GuestMemory.of(4, 1);

    private final SimulatedKsm ksm = new SimulatedKsm(SimulatedKernel.linux618());

    @Test
    void nothingMergesBeforeTheSecondLap() {
        ksm.start(3, SMALL);
        scan();
        laps(1);

        assertThat(ksm.savedBytes()).isZero();
        assertThat(counter(Counter.PAGES_VOLATILE)).isEqualTo(15 * 256);
    }

    @Test
    void everythingCommonIsMergedAfterTheSecondLap() {
        ksm.start(3, SMALL);
        scan();
        laps(2);

        assertThat(counter(Counter.PAGES_SHARED)).isEqualTo(4 * 256);
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(2 * 4 * 256);
        assertThat(counter(Counter.PAGES_UNSHARED)).isEqualTo(3 * 256);
        assertThat(counter(Counter.PAGES_VOLATILE)).isZero();
        assertThat(counter(Counter.GENERAL_PROFIT)).isEqualTo(8 * MEBIBYTE - 15 * 256 * 64);
        assertThat(ksm.savedBytes()).isEqualTo(ksm.idealSavedBytes()).isEqualTo(8 * MEBIBYTE);
    }

    @Test
    void aGuestThatComesWhileKsmdScansIsMergedAfterTheThirdBoundary() {
        ksm.start(2, GuestMemory.of(64, 0));
        ksm.set(Knob.PAGES_TO_SCAN, 1000);
        ksm.set(Knob.RUN, 1);
        laps(3);
        ksm.advance(Duration.ofMillis(200));
        ksm.start(GuestMemory.of(64, 0));

        laps(5);
        assertThat(ksm.savedBytes()).isEqualTo(64 * MEBIBYTE);
        laps(6);
        assertThat(ksm.savedBytes()).isEqualTo(128 * MEBIBYTE);
    }

    @Test
    void aGuestThatComesWhileKsmdStandsAtABoundaryIsMergedAfterTheSecondBoundary() {
        ksm.start(2, GuestMemory.of(64, 0));
        scan();
        laps(3);
        ksm.set(Knob.RUN, 0);
        ksm.start(GuestMemory.of(64, 0));
        ksm.set(Knob.RUN, 1);

        laps(5);
        assertThat(ksm.savedBytes()).isEqualTo(128 * MEBIBYTE);
    }

    @Test
    void smartScanVisitsWhatDoesNotMergeInFewerAndFewerLaps() {
        ksm.start(GuestMemory.of(0, 1));
        scan();
        StringBuilder visited = new StringBuilder();
        for (int lap = 1; lap <= 41; lap++) {
            long before = counter(Counter.PAGES_SKIPPED);
            laps(lap);
            visited.append(counter(Counter.PAGES_SKIPPED) == before ? lap + " " : "");
        }
        assertThat(visited.toString()).isEqualTo("1 2 3 4 6 9 14 23 32 41 ");
    }

    @Test
    void withoutSmartScanEveryPageIsVisitedInEveryLap() {
        ksm.start(GuestMemory.of(0, 1));
        ksm.set(Knob.SMART_SCAN, 0);
        scan();
        laps(20);

        assertThat(counter(Counter.PAGES_SCANNED)).isEqualTo(20 * 256);
        assertThat(counter(Counter.PAGES_SKIPPED)).isZero();
    }

    @Test
    void whatIsRewrittenMoreOftenThanALapTakesStaysVolatile() {
        ksm.start(GuestMemory.of(0, 64).withRewritten(1));
        ksm.set(Knob.SMART_SCAN, 0);
        ksm.set(Knob.PAGES_TO_SCAN, 100);
        ksm.set(Knob.RUN, 1);
        laps(3);

        assertThat(counter(Counter.PAGES_VOLATILE)).isEqualTo(256);
        assertThat(counter(Counter.PAGES_UNSHARED)).isEqualTo(64 * 256);
    }

    @Test
    void equalPagesOfOneGuestMergeUpToMaxPageSharing() {
        ksm.start(2, new GuestMemory(0, 0, 4, 0, Duration.ZERO, Duration.ZERO, true));
        scan();
        laps(2);

        assertThat(counter(Counter.PAGES_SHARED)).isEqualTo(8);
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(8 * 255);
        assertThat(counter(Counter.STABLE_NODE_CHAINS)).isEqualTo(1);
        assertThat(counter(Counter.STABLE_NODE_DUPS)).isEqualTo(8);
    }

    private long counter(Counter counter) {
        return ksm.counters().get(counter).orElseThrow();
    }

    private void scan() {
        ksm.set(Knob.PAGES_TO_SCAN, 20_000);
        ksm.set(Knob.RUN, 1);
    }

    private void laps(long count) {
        while (counter(Counter.FULL_SCANS) < count) {
            ksm.advance(Duration.ofMillis(1));
        }
    }
}
