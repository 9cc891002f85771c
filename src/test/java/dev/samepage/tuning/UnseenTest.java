package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.ResidentGuest;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UnseenTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private static ResidentGuest guest(int pid, long mebibytes, OptionalLong scannedPages) {
        return new ResidentGuest(new Guest(pid, "vm-" + pid, 1), mebibytes * MEBIBYTE, scannedPages);
    }

    private static ResidentGuest guest(int pid, long mebibytes) {
        return guest(pid, mebibytes, OptionalLong.empty());
    }

    private static AdaptiveSample at(double second, ResidentGuest... guests) {
        return new AdaptiveSample(
                (long) (second * SECOND),
                Map.of(),
                new Counters(Map.of()),
                OptionalLong.empty(),
                new HostMemory(1, 1),
                List.of(guests),
                OptionalLong.empty(),
                4096);
    }

    @Test
    void isAllOfAGuestThatKsmdHasNotLookedAt() {
        assertThat(Unseen.of(at(0, guest(1, 100, OptionalLong.of(0)))).bytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(Unseen.of(at(0, guest(1, 100))).bytes()).isEqualTo(100 * MEBIBYTE);
    }

    @Test
    void isNothingOfAGuestOfWhichKsmdKnowsMost() {
        assertThat(Unseen.of(at(0, guest(1, 100, OptionalLong.of(70 * 256)))).bytes())
                .isZero();
    }

    @Test
    void isTheRestOfAGuestOfWhichKsmdKnowsLittle() {
        assertThat(Unseen.of(at(0, guest(1, 100, OptionalLong.of(30 * 256)))).bytes())
                .isEqualTo(70 * MEBIBYTE);
    }

    @Test
    void isWhatHasGrownSinceALapBegan() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100))).seen().next(at(1, guest(1, 130), guest(2, 10)));
        assertThat(unseen.bytes()).isEqualTo(40 * MEBIBYTE);
    }

    @Test
    void holdsWhatWasGivenBackAndTakenAgain() {
        Unseen unseen =
                Unseen.of(at(0, guest(1, 100))).seen().next(at(1, guest(1, 60))).next(at(2, guest(1, 100)));
        assertThat(unseen.bytes()).isEqualTo(40 * MEBIBYTE);
    }

    @Test
    void doesNotHoldAGuestThatEnded() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100), guest(2, 100))).seen().next(at(1, guest(2, 100)));
        assertThat(unseen.bytes()).isZero();
        assertThat(unseen.residentBytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(unseen.gone()).isEqualTo(1);
        assertThat(unseen.goneAtNanos()).isEqualTo(SECOND);
        assertThat(unseen.tidied().gone()).isZero();
    }

    @Test
    void countsFromTheFirstGuestThatEnded() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100), guest(2, 100), guest(3, 100)))
                .seen()
                .next(at(1, guest(2, 100), guest(3, 100)))
                .next(at(30, guest(3, 100)));
        assertThat(unseen.gone()).isEqualTo(2);
        assertThat(unseen.goneAtNanos()).isEqualTo(SECOND);
        assertThat(unseen.stillGone(40 * SECOND).goneAtNanos()).isEqualTo(40 * SECOND);
    }

    @Test
    void aGuestThatKsmdHasNeverLookedAtLeavesNothingBehind() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100))).next(at(1));
        assertThat(unseen.bytes()).isZero();
        assertThat(unseen.gone()).isZero();
    }

    @Test
    void isSettledASecondAfterTheLastGrowth() {
        Unseen unseen = Unseen.of(at(0)).next(at(1, guest(1, 50))).next(at(1.5, guest(1, 100)));
        assertThat(unseen.isSettled(2 * SECOND)).isFalse();
        assertThat(unseen.isSettled(5 * SECOND / 2)).isTrue();
    }

    @Test
    void isNotWaitedForLongerThanFiveSeconds() {
        Unseen unseen = Unseen.of(at(0));
        for (int second = 1; second <= 6; second++) {
            unseen = unseen.next(at(second, guest(1, 50L * second)));
        }
        assertThat(unseen.isSettled(11 * SECOND / 2)).isFalse();
        assertThat(unseen.isSettled(6 * SECOND)).isTrue();
    }

    @Test
    void isEverythingAgainAfterAnUnmerge() {
        assertThat(Unseen.of(at(0, guest(1, 100))).seen().afresh(SECOND).bytes())
                .isEqualTo(100 * MEBIBYTE);
    }
}
