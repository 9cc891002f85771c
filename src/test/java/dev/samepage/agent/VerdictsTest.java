package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictsTest {
    private static final long GIB = 1L << 30;

    @Test
    void aProfitOf64MebibytesIsEffectiveOnAHostOfAnySize() {
        assertThat(Verdicts.of(67_108_864, 1024 * GIB, 3, 9, 0)).isEqualTo(Verdict.EFFECTIVE);
        assertThat(Verdicts.of(67_108_863, 1024 * GIB, 3, 9, 0)).isEqualTo(Verdict.MARGINAL);
    }

    @Test
    void halfAPerCentOfMemoryIsEffectiveOnASmallHost() {
        assertThat(Verdicts.of(5_000_000, 1_000_000_000, 3, 9, 0)).isEqualTo(Verdict.EFFECTIVE);
        assertThat(Verdicts.of(4_999_999, 1_000_000_000, 3, 9, 0)).isEqualTo(Verdict.MARGINAL);
    }

    @Test
    void anEffectiveProfitNeedsNoLaps() {
        assertThat(Verdicts.of(GIB, 16 * GIB, 3, 0, 0)).isEqualTo(Verdict.EFFECTIVE);
    }

    @Test
    void aNodeWithoutGuestsAndWithoutProfitIsIdle() {
        assertThat(Verdicts.of(0, 16 * GIB, 0, 0, 0)).isEqualTo(Verdict.IDLE);
        assertThat(Verdicts.of(0, 16 * GIB, 0, 9, 50)).isEqualTo(Verdict.IDLE);
    }

    @Test
    void theFirstGuestEndsIdleness() {
        assertThat(Verdicts.of(0, 16 * GIB, 1, 0, 0)).isEqualTo(Verdict.PENDING);
    }

    @Test
    void bookkeepingThatGuestsLeftBehindIsNotIdle() {
        assertThat(Verdicts.of(-1, 16 * GIB, 0, 2, 0)).isEqualTo(Verdict.WASTEFUL);
    }

    @ParameterizedTest(name = "{0} laps: {1}")
    @CsvSource({"0, PENDING", "1, PENDING", "2, WASTEFUL", "3, WASTEFUL"})
    void twoFullLapsDecideWhetherNothingIsGained(long laps, Verdict verdict) {
        assertThat(Verdicts.of(0, 16 * GIB, 3, laps, 0)).isEqualTo(verdict);
    }

    @ParameterizedTest(name = "{0} laps: {1}")
    @CsvSource({"1, PENDING", "2, MARGINAL"})
    void twoFullLapsDecideWhetherLittleIsGained(long laps, Verdict verdict) {
        assertThat(Verdicts.of(1, 16 * GIB, 3, laps, 0)).isEqualTo(verdict);
    }

    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({"-1, WASTEFUL", "0, WASTEFUL", "1, MARGINAL"})
    void aLossIsWasteful(long profitBytes, Verdict verdict) {
        assertThat(Verdicts.of(profitBytes, 16 * GIB, 3, 2, 0)).isEqualTo(verdict);
    }

    /** 1.25 % of a core are 0.75 s a minute, which must earn 48 MiB. */
    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({"50331647, WASTEFUL", "50331648, MARGINAL"})
    void aSmallProfitMustEarnTheCpuOfKsmd(long profitBytes, Verdict verdict) {
        assertThat(Verdicts.of(profitBytes, 16 * GIB, 3, 2, 1.25)).isEqualTo(verdict);
    }

    @ParameterizedTest(name = "{0} %: {1}")
    @CsvSource({"0, MARGINAL", "1.0, MARGINAL", "1.01, WASTEFUL", "100, WASTEFUL"})
    void ksmdRestsAtOnePerCentOfACore(double ksmdPercent, Verdict verdict) {
        assertThat(Verdicts.of(1 << 20, 16 * GIB, 3, 2, ksmdPercent)).isEqualTo(verdict);
    }
}
