package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.host;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static dev.samepage.tuning.scenario.AdaptiveHost.settledHost;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Phase;
import dev.samepage.tuning.sim.SimulatedGuest;
import dev.samepage.tuning.sim.SimulatedKernel;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What Adaptive does when guests end. */
class DeparturesTest {
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void cleansUpAfterGuestsThatEndedWithoutABoost() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        List<SimulatedGuest> guests = host.ksm.guests();
        guests.subList(0, 4).forEach(host.ksm::end);
        assertThat(host.ksm.counters().savedBytes(4096)).isGreaterThan(host.ksm.savedBytes());
        host.run(seconds(90));

        assertThat(host.ksm.counters().savedBytes(4096)).isEqualTo(host.ksm.savedBytes());
        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.cpuSeconds() - before).isLessThan(0.1);
    }

    @Test
    void cleansUpAfterEachDepartureOfMany() {
        AdaptiveHost host = settledHost(10);
        double before = host.cpuSeconds();
        for (int departure = 0; departure < 3; departure++) {
            host.ksm.end(host.ksm.guests().get(3));
            host.run(seconds(90));

            assertThat(host.ksm.counters().savedBytes(4096)).isEqualTo(host.ksm.savedBytes());
            assertThat(host.last().phase()).isEqualTo(Phase.REST);
        }

        assertThat(host.boosts()).isEqualTo(1);
        // The first is the very next in the lap; at each other one the guest at which ksmd stands comes before.
        assertThat(host.cpuSeconds() - before).isLessThan(1);
    }

    @Test
    void cleansUpOnceAMinuteWhereGuestsEndAllTheTime() {
        AdaptiveHost host = settledHost(30);
        for (int departure = 0; departure < 10; departure++) {
            host.ksm.end(host.ksm.guests().get(3));
            host.run(seconds(20));
        }

        assertThat(host.startsOf(Phase.TRACK)).hasSizeBetween(2, 4);
    }

    /** To pass one, ksmd has to go over another one. A GiB that the kernel keeps for each is not reckoned to pay for that, two are. */
    @Test
    void passesGuestsOf64GibibytesWhereWhatTheKernelKeepsOfThemPaysForIt() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618().withMemory(1L << 40).withBlocksOf(16_384));
        host.ksm.start(12, GuestMemory.of(32 * 1024, 32 * 1024));
        host.run(Duration.ofHours(2));
        double before = host.cpuSeconds();
        for (int departure = 0; departure < 10; departure++) {
            host.ksm.end(host.ksm.guests().getFirst());
            host.run(seconds(100));
        }

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.startsOf(Phase.TRACK)).hasSizeBetween(3, 5);
        assertThat(host.cpuSeconds() - before).isLessThan(40);
    }

    @Test
    void departuresDoNotPutOffTheLookAfterTheLongestRest() {
        AdaptiveHost host =
                new AdaptiveHost(SimulatedKernel.linux618(), new AdaptiveSettings(70, 64 << 20, 300, false, 20), true);
        host.ksm.start(10, GUEST);
        for (int departure = 0; departure < 5; departure++) {
            host.run(seconds(70));
            host.ksm.end(host.ksm.guests().getFirst());
        }

        assertThat(host.startsOf(Phase.BOOST)).hasSize(2);
        assertThat(host.startsOf(Phase.BOOST).get(1)).isCloseTo(306, Offset.offset(3.0));
    }

    @Test
    void restsWhereAllGuestsEndInTheMiddleOfABoost() {
        AdaptiveHost host = host();
        host.ksm.start(10, GUEST);
        host.run(seconds(3));
        assertThat(host.last().phase()).isEqualTo(Phase.BOOST);
        List.copyOf(host.ksm.guests()).forEach(host.ksm::end);
        host.run(seconds(10));

        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.last().why()).isEqualTo("There is no guest.");
    }

    @Test
    void doesNotBoostForGuestsThatAreGone() {
        AdaptiveHost host = settledHost(10);
        host.ksm.guests().getFirst().touch(MEBIBYTE);
        List.copyOf(host.ksm.guests()).forEach(host.ksm::end);
        host.run(seconds(90));

        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }
}
