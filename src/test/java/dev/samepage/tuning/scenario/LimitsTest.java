package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.host;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static dev.samepage.tuning.scenario.AdaptiveHost.settledHost;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.sim.SimulatedKernel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The limits that Adaptive holds ksmd to. */
class LimitsTest {
    @Test
    void holdsTheCpuLimitAndBatchesUnderFiftyMilliseconds() {
        for (int percent : new int[] {10, 30, 70, 95}) {
            AdaptiveHost host = new AdaptiveHost(
                    SimulatedKernel.linux618(), new AdaptiveSettings(percent, 64 << 20, 1800, false, 20), true);
            host.ksm.start(20, GUEST);
            host.run(seconds(120));

            assertThat(host.mostCpuOverFiveSeconds()).isLessThan(1.1 * percent / 100);
            assertThat(host.ksm.longestBatchNanos()).isLessThan(50_000_000);
        }
    }

    @Test
    void holdsTheCpuLimitWhereCheapPagesAndDearOnesTakeTurns() {
        for (int percent : new int[] {5, 7, 10, 15, 20, 25, 30, 50, 70}) {
            AdaptiveHost host = settledHost(20);
            host.tell(new AdaptiveSettings(percent, 64 << 20, 1800, false, 20));
            double told = host.moments().getLast().seconds();
            host.ksm.start(8, GUEST);
            host.run(seconds(120));

            assertThat(host.mostCpuOverFiveSecondsSince(told)).isLessThan(1.1 * percent / 100);
        }
    }

    @Test
    void keepsBatchesUnderFiftyMillisecondsAlsoWhereItTakesOverInTheMiddle() {
        for (int tenths = 1; tenths <= 40; tenths++) {
            AdaptiveHost host = host();
            host.ksm.start(20, GUEST);
            host.run(Duration.ofMillis(100L * tenths));
            host.restart();
            host.run(seconds(60));

            assertThat(host.ksm.longestBatchNanos()).isLessThan(50_000_000);
            assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        }
    }

    @Test
    void tellsHowFarALapOfHoursIs() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618().withMemory(4L << 40).withBlocksOf(65536));
        host.ksm.start(32, GuestMemory.of(32 * 1024, 32 * 1024));
        tellsHowFarItIs(host);
        while (host.counter(Counter.FULL_SCANS) == 0) {
            host.run(seconds(60));
        }
        tellsHowFarItIs(host);

        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(1);
        assertThat(host.mostCpuOverFiveSeconds()).isLessThan(0.77);
    }

    private static void tellsHowFarItIs(AdaptiveHost host) {
        host.run(seconds(400));
        int early = host.last().lapPercent().orElseThrow();
        host.run(seconds(300));
        assertThat(early).isBetween(1, 98);
        assertThat(host.last().lapPercent().orElseThrow()).isBetween(early + 1, 99);
    }
}
