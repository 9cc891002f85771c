package dev.samepage.tuning.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What guests do, and what the kernel makes of it. */
class SimulatedGuestTest {
    private static final long MEBIBYTE = 1 << 20;

    private final SimulatedKsm ksm = new SimulatedKsm(SimulatedKernel.linux618());

    @Test
    void fillsItsMemoryEvenlyAfterItIsMarked() {
        SimulatedGuest guest = ksm.start(
                GuestMemory.of(30, 30).markedAfter(Duration.ofSeconds(5)).filledIn(Duration.ofSeconds(60)));
        assertThat(guest.isMergeable()).isFalse();
        ksm.advance(Duration.ofSeconds(4));
        assertThat(guest.residentBytes()).isZero();
        ksm.advance(Duration.ofSeconds(31));
        assertThat(guest.isMergeable()).isTrue();
        assertThat(guest.residentBytes()).isEqualTo(31 * MEBIBYTE);
        ksm.advance(Duration.ofSeconds(30));
        assertThat(guest.residentBytes()).isEqualTo(60 * MEBIBYTE);
    }

    @Test
    void isScannedAsFarAsItIsFilled() {
        ksm.start(2, GuestMemory.of(10, 0).filledIn(Duration.ofSeconds(100)));
        ksm.set(Knob.PAGES_TO_SCAN, 100_000);
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofSeconds(45));
        assertThat(ksm.savedBytes()).isEqualTo(5 * MEBIBYTE).isEqualTo(ksm.idealSavedBytes());
        ksm.advance(Duration.ofSeconds(50));
        assertThat(ksm.savedBytes()).isEqualTo(10 * MEBIBYTE).isEqualTo(ksm.idealSavedBytes());
    }

    @Test
    void wakesKsmdWhenItMarksTheFirstMemoryOfTheHost() {
        ksm.set(Knob.RUN, 1);
        ksm.start(GuestMemory.of(0, 1).markedAfter(Duration.ofMinutes(10)));
        ksm.advance(Duration.ofMinutes(9));
        assertThat(ksm.ksmdCpuNanos()).isZero();
        ksm.advance(Duration.ofMinutes(2));
        assertThat(counter(Counter.PAGES_SCANNED)).isPositive();
    }

    @Test
    void staysInTheCountersAfterItsEndUntilKsmdScansAnotherPage() {
        List<SimulatedGuest> guests = merged(4);
        ksm.set(Knob.RUN, 0);
        ksm.end(guests.get(1));
        ksm.advance(Duration.ofHours(1));
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(3 * 8 * 256);
        assertThat(ksm.savedBytes()).isEqualTo(2 * 8 * MEBIBYTE);

        ksm.set(Knob.PAGES_TO_SCAN, 1);
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofMillis(10));
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(2 * 8 * 256);
        assertThat(counter(Counter.GENERAL_PROFIT)).isEqualTo(16 * MEBIBYTE - 3 * 9 * 256 * 64);
    }

    @Test
    void isForgottenAtOnceIfItWasNeverScanned() {
        SimulatedGuest guest = ksm.start(GuestMemory.of(8, 0));
        ksm.end(guest);
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofSeconds(1));

        assertThat(ksm.guests()).isEmpty();
        assertThat(ksm.ksmdCpuNanos()).isZero();
    }

    @Test
    void endsOnce() {
        SimulatedGuest guest = ksm.start(GuestMemory.of(1, 0));
        ksm.end(guest);
        assertThatThrownBy(() -> ksm.end(guest)).hasMessage("1001 is not a guest of this host");
    }

    @Test
    void breaksMergedPagesByWritingWhichOnlyCowKsmShowsWhileKsmdRests() {
        SimulatedGuest guest = merged(3).getFirst();
        ksm.set(Knob.RUN, 0);
        guest.touch(2 * MEBIBYTE);

        assertThat(ksm.cowKsm()).hasValue(2 * 256);
        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(2 * 8 * 256);
        assertThat(ksm.savedBytes()).isEqualTo(14 * MEBIBYTE);
        assertThat(ksm.idealSavedBytes()).isEqualTo(16 * MEBIBYTE);
    }

    @Test
    void mergesAgainInOneLapWhatItWroteAgain() {
        SimulatedGuest guest = merged(3).getFirst();
        guest.touch(2 * MEBIBYTE);
        laps(1);

        assertThat(ksm.savedBytes()).isEqualTo(16 * MEBIBYTE);
    }

    @Test
    void hasNothingInCommonAnyMoreWhereItWroteSomethingNew() {
        SimulatedGuest guest = merged(3).getFirst();
        guest.overwrite(2 * MEBIBYTE);
        laps(3);

        assertThat(counter(Counter.PAGES_SHARING)).isEqualTo(14 * 256);
        assertThat(ksm.savedBytes()).isEqualTo(ksm.idealSavedBytes()).isEqualTo(14 * MEBIBYTE);
    }

    @Test
    void writesSteadily() {
        SimulatedGuest guest = merged(2).getFirst();
        ksm.set(Knob.RUN, 0);
        guest.touchSteadily(MEBIBYTE / 2);
        ksm.advance(Duration.ofSeconds(10));
        assertThat(ksm.cowKsm()).hasValue(5 * 256);

        guest.touchSteadily(0);
        ksm.advance(Duration.ofSeconds(10));
        assertThat(ksm.cowKsm()).hasValue(5 * 256);
    }

    @Test
    void isMergedLikeUniquePagesWhereItRewritesSeldom() {
        ksm.start(GuestMemory.of(0, 1).withRewritten(1)).rewriting(0.001);
        ksm.set(Knob.RUN, 1);
        laps(2);

        assertThat(counter(Counter.PAGES_UNSHARED)).isEqualTo(2 * 256);
    }

    @Test
    void takesMemoryFromTheHostAndGivesItBackByMerging() {
        merged(4);
        assertThat(ksm.memory())
                .isEqualTo(new HostMemory(16L << 30, (16L << 30) - (4 * 9 - 24) * MEBIBYTE - 4 * 9 * 256 * 64));
        ksm.occupy(1L << 30);
        assertThat(ksm.memory().availableBytes()).isEqualTo((15L << 30) - (4 * 9 - 24) * MEBIBYTE - 4 * 9 * 256 * 64);
    }

    @Test
    void needsWholeBlocks() {
        var coarse = new SimulatedKsm(SimulatedKernel.linux618().withBlocksOf(512));
        assertThatThrownBy(() -> coarse.start(GuestMemory.of(3, 0)))
                .hasMessage("3 MiB are no multiple of a block's 2097152 bytes");
    }

    /** Guests with 8 MiB in common and 1 MiB of their own, after the second lap. */
    private List<SimulatedGuest> merged(int count) {
        List<SimulatedGuest> guests = ksm.start(count, GuestMemory.of(8, 1));
        ksm.set(Knob.PAGES_TO_SCAN, 20_000);
        ksm.set(Knob.RUN, 1);
        laps(2);
        return guests;
    }

    private long counter(Counter counter) {
        return ksm.counters().get(counter).orElseThrow();
    }

    private void laps(long count) {
        long last = counter(Counter.FULL_SCANS) + count;
        while (counter(Counter.FULL_SCANS) < last) {
            ksm.advance(Duration.ofMillis(1));
        }
    }
}
