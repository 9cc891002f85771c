package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CpuMeterTest {
    private static final long SECOND = 1_000_000_000L;

    private final CpuMeter meter = new CpuMeter();

    @Test
    void saysNothingBeforeTheSecondReading() {
        meter.add(0, 500 * SECOND);

        assertThat(meter.percent()).isEmpty();
    }

    @Test
    void saysNothingOfTwoReadingsAtOneMoment() {
        meter.add(7, 0);
        meter.add(7, SECOND);

        assertThat(meter.percent()).isEmpty();
    }

    @Test
    void isPerCentOfOneCore() {
        meter.add(5 * SECOND, 100 * SECOND);
        meter.add(15 * SECOND, 101 * SECOND);

        assertThat(meter.percent()).hasValue(10.0);
    }

    @Test
    void isZeroWhileKsmdRests() {
        meter.add(0, 100 * SECOND);
        meter.add(SECOND, 100 * SECOND);

        assertThat(meter.percent()).hasValue(0.0);
    }

    @Test
    void looksBackOneMinute() {
        meter.add(0, 0);
        for (int second = 1; second <= 60; second++) {
            meter.add(second * SECOND, SECOND);
        }
        assertThat(meter.percent().orElseThrow()).isBetween(1.66, 1.67);

        meter.add(61 * SECOND, SECOND);
        assertThat(meter.percent()).hasValue(0.0);
    }

    @Test
    void keepsTwoReadingsHoweverFarApart() {
        meter.add(0, 0);
        meter.add(SECOND, SECOND);
        meter.add(1001 * SECOND, 101 * SECOND);

        assertThat(meter.percent()).hasValue(10.0);
    }

    @Test
    void beginsAnewWhereTheTimeGoesBack() {
        meter.add(0, 100 * SECOND);
        meter.add(SECOND, 101 * SECOND);
        meter.add(2 * SECOND, 0);

        assertThat(meter.percent()).isEmpty();
    }
}
