package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.HostMemory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProspectTest {
    private static final long MEBIBYTE = Given.MEBIBYTE;

    /** 60 MiB that were seen and 40 MiB that were not. */
    private static final Unseen UNSEEN = Unseen.of(Given.sample(0, null, Map.of(), Given.guest(1, 60)))
            .seen()
            .next(Given.sample(1, null, Map.of(), Given.guest(1, 100)));

    private static Reading known(long shared, long sharing, long unshared) {
        return Given.reading(
                0,
                Map.of(
                        Counter.PAGES_SHARED, shared,
                        Counter.PAGES_SHARING, sharing,
                        Counter.PAGES_UNSHARED, unshared));
    }

    private static Prospect prospect(
            @Nullable Long cowKsm, @Nullable Long cowSeen, boolean atBoundary, boolean pressed) {
        AdaptiveSample sample = new AdaptiveSample(
                0, Map.of(), new Counters(Map.of()), null, new HostMemory(1, 1), List.of(), cowKsm, 4096);
        AdaptiveSettings settings = AdaptiveSettings.defaults();
        return Prospect.of(
                settings,
                sample,
                known(1000, 5000, 2000),
                UNSEEN,
                cowSeen,
                Experience.none(settings),
                atBoundary,
                pressed);
    }

    private static long eroded(@Nullable Long cowKsm, @Nullable Long cowSeen) {
        return prospect(cowKsm, cowSeen, true, false).erodedBytes();
    }

    /** Of a boost that takes a second, where 64 MiB are the floor. */
    private static Prospect expecting(long bytes) {
        return new Prospect(bytes, 0, bytes, 1, 64 * MEBIBYTE);
    }

    @Test
    void isMadeOfWhatIsUnseenAndWhatIsEroded() {
        Prospect prospect = prospect(1500L, 500L, true, false);

        assertThat(prospect.unseenBytes()).isEqualTo(40 * MEBIBYTE);
        assertThat(prospect.erodedBytes()).isEqualTo(4_096_000);
        assertThat(prospect.expectedBytes()).isEqualTo(23_019_520);
        assertThat(prospect.floorBytes()).isEqualTo(67_108_864);
        // 2 × (6,000 × 0.4 µs + 2,000 × 5 µs) + 10,240 × 8 µs
        assertThat(prospect.cpuSeconds()).isEqualTo(0.10672, within(1e-9));
    }

    @Test
    void takesLongerFromTheMiddleOfALap() {
        assertThat(prospect(null, null, false, false).cpuSeconds()).isEqualTo(0.11292, within(1e-9));
    }

    @Test
    void asksForAFourthWhereMemoryIsShort() {
        assertThat(prospect(null, null, true, true).floorBytes()).isEqualTo(16_777_216);
    }

    @Test
    void nothingIsErodedWhereTheKernelDoesNotTellOrCountsAnew() {
        assertThat(eroded(null, 5L)).isZero();
        assertThat(eroded(5L, null)).isZero();
        assertThat(eroded(4L, 5L)).isZero();
    }

    @Test
    void theGuestsPagesAreMergedUnmergedOrUnseen() {
        assertThat(Prospect.pages(UNSEEN, known(1000, 5000, 2000), 4096))
                .isEqualTo(new LapCost.Pages(6000, 2000, 10_240));
    }

    @Test
    void pagesThatTheGuestsDoNotHaveAnyMoreAreNotCounted() {
        assertThat(Prospect.pages(UNSEEN, known(1000, 5000, 14_000), 4096))
                .isEqualTo(new LapCost.Pages(6000, 9360, 10_240));
        assertThat(Prospect.pages(UNSEEN, known(1000, 19_000, 0), 4096))
                .isEqualTo(new LapCost.Pages(15_360, 0, 10_240));
    }

    @Test
    void isForWhateverThereIsMoreOf() {
        assertThat(new Prospect(5, 6, 0, 0, 0).isForEroded()).isTrue();
        assertThat(new Prospect(5, 5, 0, 0, 0).isForEroded()).isFalse();
    }

    @Test
    void paysWhereItSavesTheFloorForEachSecond() {
        assertThat(expecting(64 * MEBIBYTE).pays()).isTrue();
        assertThat(expecting(64 * MEBIBYTE - 1).pays()).isFalse();
        assertThat(new Prospect(0, 0, 64 * MEBIBYTE, 1.1, 64 * MEBIBYTE).pays()).isFalse();
    }

    @Test
    void doesNotPayForLessThanAMebibyteHoweverCheap() {
        assertThat(new Prospect(0, 0, MEBIBYTE, 0.001, 64 * MEBIBYTE).pays()).isTrue();
        assertThat(new Prospect(0, 0, MEBIBYTE - 1, 0.001, 64 * MEBIBYTE).pays())
                .isFalse();
    }

    @Test
    void whatDoesNotPayWaitsForTenMinutes() {
        assertThat(expecting(10 * MEBIBYTE).hasWaited(599.9)).isFalse();
        assertThat(expecting(10 * MEBIBYTE).hasWaited(600)).isTrue();
    }

    @Test
    void aLongBoostWaitsUntilItIsAHundredthOfACore() {
        Prospect prospect = new Prospect(0, 0, 64 * MEBIBYTE, 10, 64 * MEBIBYTE);

        assertThat(prospect.hasWaited(999.9)).isFalse();
        assertThat(prospect.hasWaited(1000)).isTrue();
    }

    @Test
    void lessThanATenthOfWhatWouldPayIsNotWaitedFor() {
        assertThat(expecting(6_710_887).hasWaited(100_000)).isTrue();
        assertThat(expecting(6_710_886).hasWaited(100_000)).isFalse();
    }

    @Test
    void lessThanAMebibyteIsNotWaitedFor() {
        assertThat(new Prospect(0, 0, MEBIBYTE, 0.001, 64 * MEBIBYTE).hasWaited(100_000))
                .isTrue();
        assertThat(new Prospect(0, 0, MEBIBYTE - 1, 0.001, 64 * MEBIBYTE).hasWaited(100_000))
                .isFalse();
    }

    @Test
    void aLookAtEverythingIsCheapOnceItIsAHundredthOfACore() {
        assertThat(new Prospect(0, 0, 0, 2, 0).isCheapAfter(199.9)).isFalse();
        assertThat(new Prospect(0, 0, 0, 2, 0).isCheapAfter(200)).isTrue();
    }

    @Test
    void saysWhatThereIs() {
        assertThat(new Prospect(30 * MEBIBYTE, 0, 0, 0, 0).what()).isEqualTo("30 MiB that no lap has seen");
        assertThat(new Prospect(0, 20 * MEBIBYTE, 0, 0, 0).what())
                .isEqualTo("20 MiB that were merged and written to since");
        assertThat(new Prospect(30 * MEBIBYTE, 20 * MEBIBYTE, 0, 0, 0).what())
                .isEqualTo("30 MiB that no lap has seen, and 20 MiB that were merged and written to since");
    }
}
