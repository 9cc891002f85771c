package dev.samepage.tuning.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.guests.GuestMemory;
import dev.samepage.tuning.sim.Script.Outcome;
import java.util.function.Consumer;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The same happens on the simulated ksmd and on the kernel's own: after each lap the same is merged, and in the end for about the same CPU.
 *
 * <p>How fast this machine is just now, beside what else it does, is measured before and after on pages that nothing equals, and the
 * simulated one is made as slow: what is compared is how the work adds up, not the machine's speed.
 */
@RealKsm
class SimulatedKsmKernelTest {
    private static final Percentage SAVING = Percentage.withPercentage(2);
    private static final Percentage CPU = Percentage.withPercentage(25);
    private static final GuestMemory MIXED = GuestMemory.of(24, 16).withZero(6).withRewritten(4);
    private static final GuestMemory PLAIN = GuestMemory.of(32, 8);
    private static final int ATTEMPTS = 4;
    private static final long MEBIBYTE = 1 << 20;
    private static final long MEBIBYTE_PAGES = 256;

    @Test
    void atAFixedRateUntilNothingChanges() {
        Outcome real = agree(script -> {
            script.kernel().start(6, MIXED);
            script.scan();
            script.laps(4);
        });
        assertThat(real.savedBytes()).isGreaterThanOrEqualTo((5 * 24 + 6 * 6 - 1) * MEBIBYTE);
    }

    @Test
    void aGuestThatComesInTheMiddleOfALapIsMergedAtTheThirdBoundary() {
        Outcome real = agree(script -> {
            script.kernel().start(4, PLAIN);
            script.scan();
            script.laps(2);
            script.scanAbout(10_000);
            script.kernel().set(Knob.SLEEP_MILLISECS, 600_000);
            script.kernel().start(1, PLAIN);
            script.scan();
            script.laps(3);
        });
        assertThat(real.sharingByLap().subList(1, 4)).allMatch(pages -> pages < 4 * 32 * MEBIBYTE_PAGES);
        assertThat(real.sharingByLap().getLast()).isGreaterThanOrEqualTo(4 * 32 * MEBIBYTE_PAGES);
    }

    @Test
    void aGuestThatComesWhileKsmdIsStoppedAtABoundaryIsMergedAtTheSecond() {
        Outcome real = agree(script -> {
            script.kernel().start(4, PLAIN);
            script.scan();
            script.laps(2);
            script.kernel().set(Knob.RUN, 0);
            script.kernel().start(1, PLAIN);
            script.scan();
            script.laps(2);
        });
        assertThat(real.sharingByLap().getLast()).isGreaterThanOrEqualTo(4 * 32 * MEBIBYTE_PAGES);
    }

    @Test
    void tenLapsWithSmartScan() {
        agree(script -> {
            script.kernel().start(4, MIXED);
            script.scan();
            script.laps(10);
        });
    }

    @Test
    void tenLapsWithoutSmartScan() {
        agree(script -> {
            script.kernel().start(4, MIXED);
            script.kernel().set(Knob.SMART_SCAN, 0);
            script.scan();
            script.laps(10);
        });
    }

    @Test
    void zerosOnTheKernelsZeroPageAreSavedAndNotScannedAnyMore() {
        agree(script -> {
            script.kernel().start(2, PLAIN.withZero(32));
            script.kernel().set(Knob.USE_ZERO_PAGES, 1);
            script.scan();
            script.laps(4);
            assertThat(script.kernel().counter(Counter.KSM_ZERO_PAGES)).isEqualTo(2 * 32 * MEBIBYTE_PAGES);
        });
    }

    @Test
    void aGuestThatEndsWhileKsmdIsStoppedCountsUntilItScansAnotherPage() {
        agree(script -> {
            KernelAtHand kernel = script.kernel();
            kernel.start(4, GuestMemory.of(32, 32));
            script.scan();
            script.laps(2);
            kernel.set(Knob.RUN, 0);
            kernel.endOldestGuest();
            assertThat(kernel.counter(Counter.PAGES_SHARING)).isGreaterThanOrEqualTo(3 * 32 * MEBIBYTE_PAGES);
            assertThat(kernel.savedBytes()).isCloseTo(2 * 32 * MEBIBYTE, SAVING);

            kernel.set(Knob.PAGES_TO_SCAN, 1);
            kernel.set(Knob.RUN, 1);
            script.scanAbout(1);
            assertThat(kernel.counter(Counter.PAGES_SHARING)).isCloseTo(2 * 32 * MEBIBYTE_PAGES, SAVING);

            script.scan();
            script.laps(4);
        });
    }

    /**
     * Does the same on both, and returns what came of it on the real one. Begins anew where they differ, a few times: this machine may have
     * changed its speed in between, or have kept this thread from looking after a lap.
     */
    private static Outcome agree(Consumer<Script> scenario) {
        for (int attempt = 1; true; attempt++) {
            double before = slowness();
            Outcome real = outcome(new RealKernel(), scenario);
            double slowness = (before + slowness()) / 2;
            Outcome simulated = outcome(new SimulatedKernelAtHand(slowness), scenario);
            try {
                agree(real, simulated);
                return real;
            } catch (AssertionError e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                System.err.printf("attempt %d of %d: %s%n", attempt, ATTEMPTS, e.getMessage());
            }
        }
    }

    private static void agree(Outcome real, Outcome simulated) {
        assertThat(simulated.savedBytes()).as("saved").isCloseTo(real.savedBytes(), SAVING);
        assertThat(simulated.pagesShared()).as("pages_shared").isCloseTo(real.pagesShared(), SAVING);
        Offset<Long> saving = Offset.offset(real.sharingByLap().getLast() / 50);
        for (int lap = 0; lap < real.sharingByLap().size(); lap++) {
            assertThat(simulated.sharingByLap().get(lap))
                    .as("pages_sharing after lap %d", lap + 1)
                    .isCloseTo(real.sharingByLap().get(lap), saving);
        }
        assertThat(simulated.cpuNanos()).as("nanoseconds of CPU").isCloseTo(real.cpuNanos(), CPU);
    }

    private static Outcome outcome(KernelAtHand kernel, Consumer<Script> scenario) {
        try (kernel) {
            var script = new Script(kernel);
            scenario.accept(script);
            return script.stop();
        }
    }

    /** How many times slower this machine is than the one of {@link PageCosts#measured}. */
    private static double slowness() {
        try (var real = new RealKernel();
                var simulated = new SimulatedKernelAtHand(1)) {
            return Script.nanosOfAnIdleLap(real) / Script.nanosOfAnIdleLap(simulated);
        }
    }
}
