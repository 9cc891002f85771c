package dev.samepage.tuning.scenario;

import static dev.samepage.tuning.scenario.AdaptiveHost.GUEST;
import static dev.samepage.tuning.scenario.AdaptiveHost.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Phase;
import dev.samepage.tuning.sim.SimulatedKernel;
import org.junit.jupiter.api.Test;

/** What Adaptive does on kernels that count or can do less. */
class LesserKernelsTest {
    @Test
    void worksWithoutSmartScanPagesScannedAndZeroPages() {
        AdaptiveHost host = new AdaptiveHost(SimulatedKernel.linux61());
        assertFindsEverything(host, 6);
    }

    @Test
    void worksWithoutCowKsm() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618().withoutCowKsm()), 4);
    }

    /** Which would call for boosts where the kernel counted it. */
    @Test
    void mergesAgainWhatIsErodedOnlyAfterTheLongestRestWithoutCowKsm() {
        AdaptiveHost host = new AdaptiveHost(
                SimulatedKernel.linux618().withoutCowKsm(), new AdaptiveSettings(70, 64 << 20, 600, false, 20), true);
        host.ksm.start(10, GUEST).forEach(guest -> guest.touchSteadily(200_000));
        host.run(seconds(590));
        assertThat(host.boosts()).isEqualTo(1);
        assertThat(host.ksm.savedBytes()).isLessThan(host.ksm.idealSavedBytes());

        host.run(seconds(100));
        assertThat(host.boosts()).isEqualTo(2);
    }

    @Test
    void worksWithKsmdsCpuTimeInTicks() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618().withoutSchedstat()), 4);
    }

    @Test
    void worksWithoutKsmdsCpuTimeAtAFixedPace() {
        assertFindsEverything(new AdaptiveHost(SimulatedKernel.linux618(), AdaptiveSettings.defaults(), false), 4);
    }

    @Test
    void restsWithoutKsmdsCpuTimeThoughMuchGoesOnChanging() {
        AdaptiveHost host = new AdaptiveHost(SimulatedKernel.linux618(), AdaptiveSettings.defaults(), false);
        host.ksm.start(10, GuestMemory.of(80, 20).withRewritten(60));
        host.run(seconds(300));

        assertThat(host.last().phase()).isEqualTo(Phase.REST);
        assertThat(host.cpuSeconds()).isLessThan(6);
    }

    private static void assertFindsEverything(AdaptiveHost host, double mostCpuSeconds) {
        host.ksm.start(10, GUEST);
        host.run(seconds(60));
        assertThat(host.ksm.savedBytes()).isEqualTo(host.ksm.idealSavedBytes());
        assertThat(host.cpuSeconds()).isLessThan(mostCpuSeconds);
        assertThat(host.mostCpuOverFiveSeconds()).isLessThan(0.77);
        assertThat(host.last().phase()).isEqualTo(Phase.REST);
    }
}
