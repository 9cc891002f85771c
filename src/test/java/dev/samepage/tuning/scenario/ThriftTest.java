package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.host;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static dev.samepage.tuning.scenario.AdaptiveHost.settledHost;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Phase;
import dev.samepage.tuning.sim.SimulatedGuest;
import dev.samepage.tuning.sim.SimulatedKernel;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What Adaptive spends where there is little or nothing to gain, and when it looks again. */
class ThriftTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final GuestMemory UNIQUE = GuestMemory.of(0, 170);

    @Test
    void restsWhereWhatGrowsIsNotMergeable() {
        AdaptiveHost host = host();
        host.ksm.start(GUEST.markedAfter(Duration.ofHours(1)).filledIn(seconds(0)));
        host.pretendResident(1000 * MEBIBYTE);
        host.run(seconds(60));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.last().why()).isEqualTo("ksmd has found no memory to look at.");
    }

    @Test
    void restsAfterTwoLapsWhereNothingMerges() {
        AdaptiveHost host = host();
        host.ksm.start(10, UNIQUE);
        host.run(seconds(900));

        assertThat(host.counter(Counter.FULL_SCANS)).isEqualTo(2);
        assertThat(host.cpuSeconds()).isLessThan(4);
    }

    @Test
    void pausesLongerAndLongerWhereNewMemoryNeverMerges() {
        AdaptiveHost host = host();
        host.ksm.start(4, UNIQUE);
        for (int minute = 0; minute < 30; minute++) {
            host.run(seconds(60));
            host.ksm.end(host.ksm.guests().getFirst());
            host.ksm.start(UNIQUE);
        }

        List<Double> starts = host.startsOf(Phase.BOOST);
        assertThat(starts.size()).isBetween(2, 8);
        assertThat(starts.getLast() - starts.get(starts.size() - 2)).isGreaterThan(starts.get(1) - starts.get(0));
    }

    @Test
    void mergesAgainWhatIsErodedOnceThatPays() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST).forEach(guest -> guest.touchSteadily(200_000));
        host.run(seconds(900));

        assertThat(host.meanSavedShare()).isGreaterThan(0.88);
        assertThat(host.boosts()).isGreaterThan(3);
        assertThat(host.cpuSeconds() / 15).isLessThan(2);
    }

    @Test
    void learnsThatErosionByNewContentIsNotMergedAgain() {
        AdaptiveHost host = host();
        List<SimulatedGuest> guests = host.ksm.start(10, GUEST);
        for (int second = 0; second < 900; second++) {
            guests.forEach(guest -> guest.overwrite(MEBIBYTE));
            host.run(seconds(1));
        }

        assertThat(host.boosts()).isLessThanOrEqualTo(4);
        assertThat(host.cpuSeconds()).isLessThan(10);
    }

    @Test
    void isNotKeptBusyByMemoryThatIsRewrittenAllTheTime() {
        AdaptiveHost host = host();
        host.ksm.start(10, GuestMemory.of(20, 20).withRewritten(130));
        host.run(seconds(900));

        assertThat(host.cpuSeconds()).isLessThan(2);
        assertThat(host.meanSavedShare()).isGreaterThan(0.99);
    }

    @Test
    void restsWhileMemoryIsPlentifulWhereThePolicySaysSo() {
        AdaptiveHost host = underPressureOnly();
        host.run(seconds(60));

        assertThat(host.phases()).containsExactly(Phase.REST);
        assertThat(host.last().why()).isEqualTo("Memory is plentiful.");
    }

    @Test
    void boostsAsSoonAsMemoryIsShort() {
        AdaptiveHost host = underPressureOnly();
        host.run(seconds(60));
        host.ksm.occupy(12L << 30);
        host.run(seconds(30));

        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
    }

    private static AdaptiveHost underPressureOnly() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 1800, true, 20), true);
        host.ksm.start(10, GUEST);
        return host;
    }

    @Test
    void looksAtEverythingAfterTheLongestRest() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 600, false, 20), true);
        host.ksm.start(10, GUEST);
        host.run(seconds(700));

        assertThat(host.startsOf(Phase.BOOST).get(1)).isCloseTo(606, Offset.offset(2.0));
    }

    @Test
    void isAsQuickAsEverAfterHoursInWhichNothingHappened() {
        AdaptiveHost host = settledHost(10);
        host.run(Duration.ofHours(5));
        double arrival = host.ksm.nanoTime() / 1e9;
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.secondsUntilSaved(0.95, arrival + 0.5)).isLessThan(10);
    }

    @Test
    void looksThatNothingCalledForDoNotLowerWhatIsExpectedOfNewGuests() {
        AdaptiveHost host = settledHost(10);
        for (int hour = 0; hour < 5; hour++) {
            host.ksm.start(GuestMemory.of(0, 3));
            host.run(Duration.ofHours(1));
        }
        double arrival = host.ksm.nanoTime() / 1e9;
        host.ksm.start(4, GUEST);
        host.run(seconds(30));

        assertThat(host.secondsUntilSaved(0.95, arrival + 0.5)).isLessThan(10);
    }
}
