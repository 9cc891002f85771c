package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryCheckTest {
    private static final long GIB = 1L << 30;

    @ParameterizedTest
    @CsvSource({"2, true", "1, true", "0, false"})
    void takesTheSavingAndTheReserveFromWhatIsAvailable(long spareBytes, boolean enough) {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, 262_144L, Counter.KSM_ZERO_PAGES, 262_144L));
        HostMemory memory = new HostMemory(100 * GIB, 12 * GIB - 1 + spareBytes);

        MemoryCheck check = MemoryCheck.of(counters, false, memory, 4096, 10);

        assertThat(check).isEqualTo(new MemoryCheck(2 * GIB, 10 * GIB, 12 * GIB - 1 + spareBytes));
        assertThat(check.enough()).isEqualTo(enough);
    }

    @Test
    void someMemoryIsKeptAlsoWhereNoneIsAskedFor() {
        HostMemory memory = new HostMemory(GIB, 128L << 20);

        MemoryCheck check = MemoryCheck.of(new Counters(Map.of(Counter.PAGES_SHARING, 1L)), false, memory, 4096, 0);

        assertThat(check.reserveBytes()).isEqualTo(128L << 20);
        assertThat(check.enough()).isFalse();
    }

    @Test
    void advisesToLowerTheReserveWhereThatMakesItLower() {
        assertThat(new MemoryCheck(GIB, (128L << 20) + 1, GIB).advice())
                .isEqualTo("Move a guest away, free memory, or lower unmerge.reservePercent.");
    }

    @Test
    void doesNotAdviseToLowerAReserveThatIsTheLeast() {
        assertThat(new MemoryCheck(GIB, 128L << 20, GIB).advice()).isEqualTo("Move a guest away or free memory.");
    }

    @Test
    void nothingIsNeededAndNoReserveWhereWhatIsCountedBelongsToNobody() {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, 1_000_000L));

        MemoryCheck check = MemoryCheck.of(counters, true, new HostMemory(GIB, 1), 4096, 10);

        assertThat(check).isEqualTo(new MemoryCheck(0, 0, 1));
        assertThat(check.enough()).isTrue();
    }

    @Test
    void hasNeverEnoughForAnAbsurdSaving() {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, Long.MAX_VALUE));

        assertThat(MemoryCheck.of(counters, false, new HostMemory(GIB, GIB), 4096, 0)
                        .enough())
                .isFalse();
    }

    @Test
    void tellsTheSameUnitEverywhereAndNeverLessThanIsShort() {
        assertThat(new MemoryCheck(GIB + 1, GIB, 2 * GIB).shortage())
                .isEqualTo("needed 1025 MiB, available 2048 MiB, reserve 1024 MiB: 1 MiB short");
    }

    @Test
    void isShortOfTheReserveItselfWhereThatIsTouchedAlready() {
        assertThat(new MemoryCheck(GIB, 2 * GIB, GIB).shortage())
                .isEqualTo("needed 1024 MiB, available 1024 MiB, reserve 2048 MiB: 2048 MiB short");
    }

    @Test
    void addsUpForWhoeverReadsIt() {
        long half = 1L << 19;

        assertThat(new MemoryCheck(GIB + half, GIB + half, 2 * GIB + half).shortage())
                .isEqualTo("needed 1025 MiB, available 2048 MiB, reserve 1025 MiB: 2 MiB short");
    }
}
