package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final Counters OLD_KERNEL = new Counters(Map.of(
            Counter.PAGES_SHARED, 100L,
            Counter.PAGES_SHARING, 1000L,
            Counter.PAGES_UNSHARED, 500L,
            Counter.PAGES_VOLATILE, 50L));

    @Test
    void savesTheSharingPagesAndTheZeroPages() {
        Counters counters = new Counters(
                Map.of(Counter.PAGES_SHARED, 7L, Counter.PAGES_SHARING, 1000L, Counter.KSM_ZERO_PAGES, 24L));
        assertThat(counters.savedPages()).isEqualTo(1024);
        assertThat(counters.savedBytes(4096)).isEqualTo(4_194_304);
    }

    @Test
    void countsBytesInTheKernelsOwnPages() {
        assertThat(OLD_KERNEL.savedBytes(65_536)).isEqualTo(65_536_000);
    }

    @Test
    void takesTheKernelsProfitEvenWhereItIsALoss() {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, 1000L, Counter.GENERAL_PROFIT, -320_000L));
        assertThat(counters.profitBytes(4096)).isEqualTo(-320_000);
    }

    @Test
    void countsTheProfitWhereTheKernelDoesNot() {
        assertThat(OLD_KERNEL.profitBytes(4096)).isEqualTo(4_096_000 - 1650 * 64);
    }

    @Test
    void isALossWhereNothingIsShared() {
        assertThat(new Counters(Map.of(Counter.PAGES_UNSHARED, 1_000_000L)).profitBytes(4096))
                .isEqualTo(-64_000_000);
    }

    @Test
    void isEmptyForACounterThatTheKernelLacks() {
        assertThat(OLD_KERNEL.get(Counter.GENERAL_PROFIT)).isEmpty();
        assertThat(OLD_KERNEL.get(Counter.PAGES_SHARED)).hasValue(100);
    }

    @Test
    void staysPositiveWhateverIsRead() {
        Counters absurd =
                new Counters(Map.of(Counter.PAGES_SHARING, Long.MAX_VALUE, Counter.KSM_ZERO_PAGES, Long.MAX_VALUE));
        assertThat(absurd.savedPages()).isEqualTo(Long.MAX_VALUE);
        assertThat(absurd.savedBytes(4096)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void keepsItsOwnCopy() {
        Map<Counter, Long> values = new HashMap<>(Map.of(Counter.PAGES_SHARING, 1L));
        Counters counters = new Counters(values);
        values.put(Counter.PAGES_SHARING, 2L);
        assertThat(counters.savedPages()).isEqualTo(1);
    }
}
