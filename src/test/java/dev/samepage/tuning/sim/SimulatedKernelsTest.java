package dev.samepage.tuning.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.WriteResult;
import dev.samepage.testbed.guests.GuestMemory;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Knobs, and what kernels lack. */
class SimulatedKernelsTest {
    private static final long MEBIBYTE = 1 << 20;

    private final SimulatedKsm ksm = new SimulatedKsm(SimulatedKernel.linux618());

    @Test
    void hasTheKnobsAndDefaultsOfLinux618() throws IOException {
        assertThat(ksm.knobs()).isEqualTo(new Ksm(FakeKsm.linux618()).read());
        assertThat(ksm.counters().values()).containsOnlyKeys(Counter.values());
    }

    @Test
    void hasTheKnobsAndCountersOfLinux61() throws IOException {
        var old = new SimulatedKsm(SimulatedKernel.linux61());
        assertThat(old.knobs()).isEqualTo(new Ksm(FakeKsm.linux61()).read());
        assertThat(old.counters()).isEqualTo(new Ksm(FakeKsm.linux61()).counters());
    }

    @Test
    void joinsAtTheFirstVisitOnLinux61() {
        var old = new SimulatedKsm(SimulatedKernel.linux61());
        old.set(Knob.RUN, 1);
        old.start(2, GuestMemory.of(1, 0));
        old.advance(Duration.ofSeconds(1));
        old.start(GuestMemory.of(1, 0));
        old.advance(Duration.ofMillis(200));

        assertThat(old.savedBytes()).isEqualTo(2 * MEBIBYTE);
    }

    @Test
    void visitsEveryPageInEveryLapWithoutSmartScan() {
        var old = new SimulatedKsm(SimulatedKernel.linux618().without(Knob.SMART_SCAN));
        old.set(Knob.RUN, 1);
        old.start(GuestMemory.of(0, 1));
        old.advance(Duration.ofSeconds(10));

        assertThat(old.counters().get(Counter.PAGES_SKIPPED)).hasValue(0);
        assertThat(old.set(Knob.SMART_SCAN, 0)).isEqualTo(new WriteResult.Missing(Knob.SMART_SCAN, 0));
    }

    @Test
    void lacksWhatItIsSaidToLack() {
        SimulatedKernel kernel = SimulatedKernel.linux618()
                .without(Counter.PAGES_SCANNED)
                .withoutCowKsm()
                .withoutSchedstat();
        var lacking = new SimulatedKsm(kernel);
        lacking.set(Knob.RUN, 1);
        lacking.start(GuestMemory.of(0, 64));
        lacking.advance(Duration.ofSeconds(5));

        assertThat(lacking.counters().get(Counter.PAGES_SCANNED)).isEmpty();
        assertThat(lacking.cowKsm()).isEmpty();
        assertThat(lacking.ksmdCpuNanos() % 10_000_000).isZero();
    }

    @Test
    void refusesPagesToScanWhileTheAdvisorIsOn() {
        ksm.set(Knob.ADVISOR_MODE, 1);
        assertThat(ksm.knobs()).containsEntry(Knob.PAGES_TO_SCAN, 500L);
        assertThat(ksm.set(Knob.PAGES_TO_SCAN, 100))
                .isEqualTo(new WriteResult.Refused(
                        Knob.PAGES_TO_SCAN, 100, Errno.EINVAL, "the kernel's advisor is on (advisor_mode=scan-time)"));
    }

    @Test
    void refusesMaxPageSharingWhilePagesAreMerged() {
        merge();
        assertThat(ksm.set(Knob.MAX_PAGE_SHARING, 100))
                .isEqualTo(new WriteResult.Refused(Knob.MAX_PAGE_SHARING, 100, Errno.EBUSY, "pages are merged"));
    }

    @Test
    void refusesWhatTheKernelCannotHold() {
        assertThat(ksm.set(Knob.RUN, 3)).isEqualTo(new WriteResult.OutOfRange(Knob.RUN, 3));
    }

    @Test
    void run2GivesEveryoneTheirPagesAndCountsLapsAnew() {
        merge();
        long before = ksm.nanoTime();
        ksm.set(Knob.RUN, 2);

        assertThat(ksm.nanoTime() - before).isEqualTo(3 * 256 * 5_000);
        assertThat(ksm.counters().values())
                .containsEntry(Counter.FULL_SCANS, 0L)
                .containsEntry(Counter.PAGES_SHARED, 0L)
                .containsEntry(Counter.PAGES_SHARING, 0L)
                .containsEntry(Counter.GENERAL_PROFIT, 0L);
        assertThat(ksm.savedBytes()).isZero();
        assertThat(ksm.cowKsm()).hasValue(3 * 256);
    }

    @Test
    void aWriteToRunWaitsForTheBatch() {
        ksm.set(Knob.PAGES_TO_SCAN, 10_000);
        ksm.set(Knob.RUN, 1);
        ksm.start(GuestMemory.of(0, 64));
        ksm.advance(Duration.ofMillis(1));
        ksm.set(Knob.RUN, 0);

        assertThat(ksm.counters().get(Counter.PAGES_SCANNED)).hasValue(10_000);
        assertThat(ksm.nanoTime()).isEqualTo(10_000 * 1_050 + 10_000);
    }

    @Test
    void aShorterSleepWakesKsmd() {
        ksm.set(Knob.SLEEP_MILLISECS, 600_000);
        ksm.set(Knob.RUN, 1);
        ksm.start(GuestMemory.of(0, 64));
        ksm.advance(Duration.ofSeconds(10));
        assertThat(ksm.counters().get(Counter.PAGES_SCANNED)).hasValue(100);

        ksm.set(Knob.SLEEP_MILLISECS, 20);
        ksm.advance(Duration.ofMillis(10));
        assertThat(ksm.counters().get(Counter.PAGES_SCANNED)).hasValue(200);
    }

    @Test
    void noPagesAndNoSleepIsABusyLoop() {
        ksm.start(GuestMemory.of(0, 1));
        ksm.set(Knob.PAGES_TO_SCAN, 0);
        ksm.set(Knob.SLEEP_MILLISECS, 0);

        assertThatThrownBy(() -> ksm.set(Knob.RUN, 1))
                .hasMessage("pages_to_scan=0 with sleep_millisecs=0 is a busy loop of the kernel");
    }

    @Test
    void theAdvisorTakesATenthOfACoreWhereALapWouldBeFasterThanWanted() {
        ksm.set(Knob.SMART_SCAN, 0);
        ksm.set(Knob.ADVISOR_MODE, 1);
        ksm.set(Knob.RUN, 1);
        ksm.start(4, GuestMemory.of(0, 256));
        ksm.advance(Duration.ofMinutes(30));
        long cpu = ksm.ksmdCpuNanos();
        ksm.advance(Duration.ofMinutes(10));

        assertThat(ksm.ksmdCpuNanos() - cpu).isCloseTo(60_000_000_000L, Percentage.withPercentage(20));
    }

    private void merge() {
        ksm.start(3, GuestMemory.of(1, 0));
        ksm.set(Knob.RUN, 1);
        ksm.advance(Duration.ofSeconds(2));
        assertThat(ksm.savedBytes()).isEqualTo(2 * MEBIBYTE);
    }
}
