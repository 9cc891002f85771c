package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.host;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static dev.samepage.tuning.scenario.AdaptiveHost.settledHost;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.Phase;
import dev.samepage.tuning.sim.SimulatedKernel;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What Adaptive does for guests that come, and for memory that grows. */
class ArrivalsTest {
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void savesAsMuchAsBruteForceForNextToNothing() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(450));
        host.ksm.start(4, GUEST);
        host.run(seconds(450));

        assertThat(host.meanSavedShare()).isGreaterThan(0.99);
        // The bar is 8 s, of which a real ksmd takes 7.0; the simulated one is dearer by less than a fifth.
        assertThat(host.cpuSeconds()).isLessThan(8.3);
        assertThat(host.secondsUntilSaved(0.95, 1)).isLessThan(8);
        assertThat(host.secondsUntilSaved(0.95, 451)).isLessThan(10);
    }

    @Test
    void mergesWhatComesWhileKsmdRestsAtABoundaryInTwoLaps() {
        AdaptiveHost host = settledHost(10);
        long laps = host.counter(Counter.FULL_SCANS);
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.counter(Counter.FULL_SCANS) - laps).isEqualTo(2);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void finishesTheLapFirstWhereKsmdStandsInTheMiddleOfOne() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.ksm.set(Knob.PAGES_TO_SCAN, 1000);
        host.ksm.set(Knob.RUN, 1);
        host.ksm.advance(seconds(1));
        host.run(seconds(30));

        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(3);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }

    @Test
    void makesThreeLapsForWhatComesWhileKsmdScans() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(2));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        long laps = host.counter(Counter.FULL_SCANS);
        host.ksm.start(4, GUEST);
        host.run(seconds(60));

        assertThat(host.counter(Counter.FULL_SCANS) - laps).isEqualTo(3);
        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void makesOneBoostForABurstOfArrivals() {
        AdaptiveHost host = settledHost(4);
        for (int i = 0; i < 5; i++) {
            host.ksm.start(GUEST.filledIn(Duration.ofMillis(500)));
            host.run(Duration.ofMillis(700));
        }
        host.run(seconds(30));

        assertThat(host.boosts()).isEqualTo(2);
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    @Test
    void waitsForMemoryThatIsMarkedLongAfterTheGuestsStart() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST.markedAfter(seconds(20)));
        host.run(seconds(40));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.secondsUntilSaved(0.95, 20)).isLessThan(8);
    }

    @Test
    void boostsAgainAndAgainForGuestsThatFillTheirMemoryForAMinute() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST.filledIn(seconds(60)));
        host.run(seconds(300));

        assertThat(host.meanSavedShare()).isGreaterThan(0.95);
        assertThat(host.cpuSeconds()).isLessThan(9);
    }

    @Test
    void letsSmallArrivalsOnABigHostWaitTogetherUntilTheyPay() {
        AdaptiveHost host = new AdaptiveHost(
                SimulatedKernel.linux618().withMemory(64L << 30).withBlocksOf(1024));
        host.ksm.start(20, GuestMemory.of(400, 600));
        host.run(seconds(120));
        double before = host.cpuSeconds();
        long saved = host.ksm.savedBytes();
        for (int i = 0; i < 100; i++) {
            host.ksm.start(GuestMemory.of(160, 40));
            host.run(seconds(20));
        }

        assertThat(host.boosts() - 1).isBetween(1L, 3L);
        assertThat(host.startsOf(Phase.BOOST).get(1)).isGreaterThan(120 + 10 * 20);
        double cpuSeconds = host.cpuSeconds() - before;
        assertThat((host.ksm.savedBytes() - saved) / cpuSeconds).isGreaterThan(64 * MEBIBYTE);
    }

    @Test
    void looksAtWhatDoesNotPayAfterTenMinutes() {
        AdaptiveHost host = settledHost(10);
        host.ksm.start(GuestMemory.of(20, 20));
        host.run(seconds(590));
        assertThat(host.boosts()).isEqualTo(1);

        host.run(seconds(60));
        assertThat(host.boosts()).isEqualTo(2);
    }

    @Test
    void keepsUpWithGuestsThatComeAndGo() {
        AdaptiveHost host = host();
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            host.ksm.start(GUEST);
            host.run(seconds(15));
            if (i > 6) {
                host.ksm.end(host.ksm.guests().get(random.nextInt(5)));
            }
        }

        assertThat(host.meanSavedShare()).isGreaterThan(0.9);
        assertThat(host.cpuSeconds() / 10).isLessThan(6.5);
    }
}
