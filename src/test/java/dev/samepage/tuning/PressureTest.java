package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.kernel.HostMemory;
import org.junit.jupiter.api.Test;

class PressureTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int BELOW = 20;

    private static HostMemory available(long percent) {
        return new HostMemory(1000, percent * 10);
    }

    private static Pressure after(Pressure pressure, long percent, int seconds) {
        Pressure next = pressure;
        for (int second = 0; second < seconds; second++) {
            next = next.next(available(percent), BELOW, next.nanos() + SECOND);
        }
        return next;
    }

    @Test
    void isThereFromTheStartWhereLittleIsAvailable() {
        assertThat(Pressure.of(available(19), BELOW, 0).isShort()).isTrue();
        assertThat(Pressure.of(available(20), BELOW, 0).isShort()).isFalse();
    }

    @Test
    void comesWithinSecondsWhereMemoryIsTaken() {
        assertThat(after(Pressure.of(available(80), BELOW, 0), 5, 10).isShort()).isTrue();
    }

    @Test
    void doesNotComeWithAMomentOfShortage() {
        assertThat(after(Pressure.of(available(40), BELOW, 0), 10, 1).isShort()).isFalse();
    }

    @Test
    void staysUntilAQuarterMoreIsAvailable() {
        Pressure pressure = Pressure.of(available(15), BELOW, 0);
        assertThat(after(pressure, 24, 100).isShort()).isTrue();
        assertThat(after(pressure, 26, 100).isShort()).isFalse();
    }

    /** Half a minute under the threshold, and half a minute above: smoothing alone would let it come and go each minute. */
    @Test
    void comesOnceWhereAvailableMemoryGoesUpAndDownAroundTheThreshold() {
        Pressure pressure = Pressure.of(available(23), BELOW, 0);
        int came = 0;
        int went = 0;
        for (int second = 1; second < 600; second++) {
            Pressure next = pressure.next(available(second % 60 < 30 ? 18 : 23), BELOW, second * SECOND);
            came += next.isShort() && !pressure.isShort() ? 1 : 0;
            went += !next.isShort() && pressure.isShort() ? 1 : 0;
            pressure = next;
        }

        assertThat(came).isEqualTo(1);
        assertThat(went).isZero();
    }

    @Test
    void doesNotMindAHostThatSaysNothingOfItsMemory() {
        Pressure pressure = Pressure.of(new HostMemory(0, 0), BELOW, 0);

        assertThat(pressure.isShort()).isFalse();
        assertThat(pressure.availablePercent()).isEqualTo(100);
    }

    @Test
    void smoothsOverThreeSeconds() {
        // After 3 s 63 % of the way from 80 to 30.
        assertThat(Pressure.of(available(80), BELOW, 0)
                        .next(available(30), BELOW, 3 * SECOND)
                        .availablePercent())
                .isEqualTo(48.394, within(0.001));
        assertThat(Pressure.of(available(80), BELOW, 5 * SECOND)
                        .next(available(30), BELOW, 4 * SECOND)
                        .availablePercent())
                .isEqualTo(80);
    }

    @Test
    void comesBelowTheThresholdAndNotAtIt() {
        assertThat(Pressure.of(available(20), BELOW, 0)
                        .next(available(20), BELOW, SECOND)
                        .isShort())
                .isFalse();
        assertThat(Pressure.of(available(19), BELOW, 0)
                        .next(available(25), BELOW, 1000 * SECOND)
                        .isShort())
                .isFalse();
    }

    @Test
    void staysUntilTwoPerCentMoreAreAvailableWhereTheThresholdIsLow() {
        Pressure pressure = Pressure.of(available(1), 4, 0);

        assertThat(pressure.next(available(5), 4, 1000 * SECOND).isShort()).isTrue();
        assertThat(pressure.next(available(6), 4, 1000 * SECOND).isShort()).isFalse();
    }
}
