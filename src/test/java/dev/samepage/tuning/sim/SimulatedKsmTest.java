package dev.samepage.tuning.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What merges, when, and for how much. */
class SimulatedKsmTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final GuestMemory SMALL = GuestMemory.of(4, 1);
    private static final GuestMemory SCENARIO =
            GuestMemory.of(80, 60).withZero(20).withRewritten(16);

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
    void aGuestThatComesInTheMiddleOfALapIsMergedAfterTheThirdBoundary() {
        ksm.start(2, GuestMemory.of(64, 0));
        ksm.set(Knob.PAGES_TO_SCAN, 1000);
        ksm.set(Knob.RUN, 1);
        laps(3);
        ksm.advance(Duration.ofMillis(200));
        ksm.start(GuestMemory.of(64, 0));

        laps(2);
        assertThat(ksm.savedBytes()).isEqualTo(64 * MEBIBYTE);
        laps(1);
        assertThat(ksm.savedBytes()).isEqualTo(128 * MEBIBYTE);
    }

    @Test
    void aGuestThatComesWhileKsmdStandsAtABoundaryIsMergedAfterTheSecond() {
        ksm.start(2, GuestMemory.of(64, 0));
        scan();
        laps(3);
        ksm.set(Knob.RUN, 0);
        ksm.start(GuestMemory.of(64, 0));
        ksm.set(Knob.RUN, 1);

        laps(2);
        assertThat(ksm.savedBytes()).isEqualTo(128 * MEBIBYTE);
    }

    @Test
    void smartScanVisitsWhatDoesNotMergeInFewerAndFewerLaps() {
        ksm.start(GuestMemory.of(0, 1));
        scan();
        StringBuilder visited = new StringBuilder();
        for (int lap = 1; lap <= 41; lap++) {
            long before = counter(Counter.PAGES_SKIPPED);
            laps(1);
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
        ksm.set(Knob.RUN, 1);
        laps(3);

        assertThat(counter(Counter.PAGES_VOLATILE)).isEqualTo(256);
        assertThat(counter(Counter.PAGES_UNSHARED)).isEqualTo(64 * 256);
    }

    @Test
    void equalPagesOfOneGuestMergeUpToMaxPageSharing() {
        ksm.start(2, GuestMemory.of(0, 1).withZero(4));
        scan();
        laps(2);

        assertThat(counter(Counter.PAGES_SHARED)).isEqualTo(8);
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(8 * 255);
        assertThat(counter(Counter.STABLE_NODE_CHAINS)).isEqualTo(1);
        assertThat(counter(Counter.STABLE_NODE_DUPS)).isEqualTo(8);
    }

    @Test
    void guestsBeyondMaxPageSharingShareAnotherCopy() {
        ksm.set(Knob.MAX_PAGE_SHARING, 2);
        ksm.start(4, GuestMemory.of(1, 0));
        scan();
        laps(2);

        assertThat(counter(Counter.PAGES_SHARED)).isEqualTo(2 * 256);
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(2 * 256);
        assertThat(ksm.idealSavedBytes()).isEqualTo(2 * MEBIBYTE);
    }

    @Test
    void zerosGoToTheKernelsZeroPageAndAreForgotten() {
        SimulatedGuest guest = ksm.start(GuestMemory.of(0, 1).withZero(3));
        ksm.set(Knob.USE_ZERO_PAGES, 1);
        scan();
        laps(3);

        assertThat(counter(Counter.KSM_ZERO_PAGES)).isEqualTo(3 * 256);
        assertThat(counter(Counter.PAGES_SHARED)).isZero();
        assertThat(counter(Counter.GENERAL_PROFIT)).isEqualTo(3 * MEBIBYTE - 256 * 64);
        assertThat(guest.residentBytes()).isEqualTo(MEBIBYTE);
        assertThat(ksm.savedBytes()).isEqualTo(ksm.idealSavedBytes()).isEqualTo(3 * MEBIBYTE);
    }

    @Test
    void aBatchIsFollowedByTheSleepRoundedUpToATick() {
        ksm.start(GuestMemory.of(0, 64));
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofSeconds(2));

        // 24 ms from one tick to the sixth after it, where a batch of 100 pages is shorter than a tick.
        assertThat(counter(Counter.PAGES_SCANNED)).isEqualTo(84 * 100);
    }

    @Test
    void ksmdThatMayScanWithoutASleepTakesAWholeCore() {
        ksm.start(4, SCENARIO);
        ksm.set(Knob.SLEEP_MILLISECS, 0);
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofSeconds(10));

        assertThat(ksm.ksmdCpuNanos()).isCloseTo(10_000_000_000L, Percentage.withPercentage(0.1));
    }

    @Test
    void atRestNothingIsSpentAndNothingIsLost() {
        ksm.start(3, SMALL);
        scan();
        laps(2);
        ksm.set(Knob.RUN, 0);
        long cpu = ksm.ksmdCpuNanos();
        ksm.advance(Duration.ofHours(1));

        assertThat(ksm.ksmdCpuNanos()).isEqualTo(cpu);
        assertThat(ksm.savedBytes()).isEqualTo(8 * MEBIBYTE);
    }

    /** Linux 6.18 saved the same, and took 4.6 s of CPU for the first 6 s and 16.9 s for 30. */
    @Test
    void tenGuestsCostWhatTheyCostOnLinux() {
        ksm.start(10, SCENARIO);
        scan();
        ksm.advance(Duration.ofSeconds(6));
        assertThat(ksm.savedBytes()).isEqualTo(ksm.idealSavedBytes()).isEqualTo(963_870_720);
        assertThat(ksm.ksmdCpuNanos()).isCloseTo(4_600_000_000L, Percentage.withPercentage(15));
        ksm.advance(Duration.ofSeconds(24));

        assertThat(ksm.ksmdCpuNanos()).isCloseTo(16_900_000_000L, Percentage.withPercentage(15));
    }

    @Test
    void fourMoreGuestsAtHalfTimeAreMergedInAFewSeconds() {
        ksm.start(10, SCENARIO);
        scan();
        ksm.advance(Duration.ofSeconds(450));
        ksm.start(4, SCENARIO);
        ksm.advance(Duration.ofSeconds(10));

        assertThat(ksm.savedBytes()).isEqualTo(ksm.idealSavedBytes()).isEqualTo(1_382_973_440);
    }

    @Test
    void aHostOfTwoTebibytesIsNoMoreWorkThanASmallOne() {
        var big =
                new SimulatedKsm(SimulatedKernel.linux618().withBlocksOf(65_536).withMemory(4L << 40));
        big.start(128, GuestMemory.of(8192, 8192));
        big.set(Knob.PAGES_TO_SCAN, 20_000);
        big.set(Knob.SLEEP_MILLISECS, 10);
        big.set(Knob.RUN, 1);
        big.advance(Duration.ofHours(4));

        assertThat(big.idealSavedBytes()).isEqualTo(127L * 8192 * MEBIBYTE);
        assertThat(big.savedBytes()).isEqualTo(127L * 8192 * MEBIBYTE);
    }

    private long counter(Counter counter) {
        return ksm.counters().get(counter).orElseThrow();
    }

    private void scan() {
        ksm.set(Knob.PAGES_TO_SCAN, 20_000);
        ksm.set(Knob.RUN, 1);
    }

    private void laps(long count) {
        long last = counter(Counter.FULL_SCANS) + count;
        while (counter(Counter.FULL_SCANS) < last) {
            ksm.advance(Duration.ofMillis(1));
        }
    }
}
