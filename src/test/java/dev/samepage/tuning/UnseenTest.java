package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.ResidentGuest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnseenTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private static ResidentGuest guest(int pid, long mebibytes, long scannedPages) {
        return new ResidentGuest(new Guest(pid, "vm-" + pid, 1), mebibytes * MEBIBYTE, scannedPages);
    }

    private static ResidentGuest guest(int pid, long mebibytes) {
        return guest(pid, mebibytes, 0);
    }

    private static AdaptiveSample at(double second, ResidentGuest... guests) {
        return new AdaptiveSample(
                (long) (second * SECOND),
                Map.of(),
                new Counters(Map.of()),
                null,
                new HostMemory(1, 1),
                List.of(guests),
                null,
                4096);
    }

    @Test
    void isAllOfAGuestThatKsmdHasNotLookedAt() {
        assertThat(Unseen.of(at(0, guest(1, 100))).bytes()).isEqualTo(100 * MEBIBYTE);
    }

    @Test
    void isNothingOfAGuestOfWhichKsmdKnowsMost() {
        assertThat(Unseen.of(at(0, guest(1, 100, 70 * 256))).bytes()).isZero();
    }

    @Test
    void isTheRestOfAGuestOfWhichKsmdKnowsLittle() {
        assertThat(Unseen.of(at(0, guest(1, 100, 30 * 256))).bytes()).isEqualTo(70 * MEBIBYTE);
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
        assertThat(unseen.goneBytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(unseen.goneAtNanos()).isEqualTo(SECOND);
        assertThat(unseen.tidied().goneBytes()).isZero();
    }

    @Test
    void countsFromTheFirstGuestThatEnded() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100), guest(2, 100), guest(3, 100)))
                .seen()
                .next(at(1, guest(2, 100), guest(3, 100)))
                .next(at(30, guest(3, 100)));
        assertThat(unseen.goneBytes()).isEqualTo(200 * MEBIBYTE);
        assertThat(unseen.goneAtNanos()).isEqualTo(SECOND);
        assertThat(unseen.stillGone(40 * SECOND).goneAtNanos()).isEqualTo(40 * SECOND);
    }

    @Test
    void aGuestThatKsmdHasNeverLookedAtLeavesNothingBehind() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100))).next(at(1));
        assertThat(unseen.bytes()).isZero();
        assertThat(unseen.goneBytes()).isZero();
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

    @Test
    void isNothingOfAGuestOfWhichKsmdKnowsHalf() {
        assertThat(Unseen.of(at(0, guest(1, 100, 50 * 256))).bytes()).isZero();
        assertThat(Unseen.of(at(0, guest(1, 100, 50 * 256 - 1))).bytes()).isEqualTo(50 * MEBIBYTE + 4096);
    }

    @Test
    void isNeverLessThanNothingOfAGuest() {
        assertThat(Unseen.of(at(0, guest(1, 100, Long.MAX_VALUE))).bytes()).isZero();
    }

    @Test
    void isTheSumOverAllGuests() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100), guest(2, 50)));

        assertThat(unseen.bytes()).isEqualTo(150 * MEBIBYTE);
        assertThat(unseen.seen().bytes()).isZero();
        assertThat(unseen.seen().residentBytes()).isEqualTo(150 * MEBIBYTE);
    }

    @Test
    void growsByMoreThanAMebibyteAndAFiftiethOfItself() {
        Unseen small = Unseen.of(at(0, guest(1, 30)));
        assertThat(small.next(at(1, guest(1, 31))).grewAtNanos()).isZero();
        assertThat(small.next(at(1, guest(1, 32))).grewAtNanos()).isEqualTo(SECOND);

        Unseen big = Unseen.of(at(0, guest(1, 98)));
        assertThat(big.next(at(1, guest(1, 100))).grewAtNanos()).isZero();
        assertThat(big.next(at(1, guest(1, 101))).grewAtNanos()).isEqualTo(SECOND);
    }

    @Test
    void beginsWithAMebibyte() {
        Unseen unseen = Unseen.of(at(0, guest(1, 10))).seen();
        Unseen begun = unseen.next(at(1, guest(1, 11)));

        assertThat(begun.sinceNanos()).isEqualTo(SECOND);
        assertThat(begun.grewAtNanos()).isEqualTo(SECOND);
        assertThat(begun.worthMentioning()).isTrue();
        assertThat(begun.waitedNanos(5 * SECOND)).isEqualTo(4 * SECOND);
        assertThat(begun.next(at(2, guest(1, 11))).sinceNanos()).isEqualTo(SECOND);
        assertThat(begun.next(at(2, guest(1, 60))).sinceNanos()).isEqualTo(SECOND);
    }

    @Test
    void isNotWorthMentioningUnderAMebibyte() {
        Unseen unseen = new Unseen(Map.of(), MEBIBYTE - 1, 0, 0, 0, 0);

        assertThat(unseen.worthMentioning()).isFalse();
        assertThat(unseen.waitedNanos(5 * SECOND)).isZero();
    }

    @Test
    void countsEachGuestThatEndedOnce() {
        Unseen unseen = Unseen.of(at(0, guest(1, 10), guest(2, 10), guest(3, 10), guest(4, 10)))
                .seen()
                .next(at(1, guest(3, 10), guest(4, 10)))
                .next(at(2, guest(4, 10)))
                .next(at(3, guest(4, 10)));

        assertThat(unseen.goneBytes()).isEqualTo(30 * MEBIBYTE);
        assertThat(unseen.goneAtNanos()).isEqualTo(SECOND);
        assertThat(unseen.goneNanos(9 * SECOND)).isEqualTo(8 * SECOND);
        assertThat(unseen.stillGone(9 * SECOND).goneBytes()).isEqualTo(30 * MEBIBYTE);
    }

    @Test
    void countsFromTheFirstGuestThatEndedSinceTheOthersWerePassed() {
        Unseen unseen = Unseen.of(at(0, guest(1, 10), guest(2, 10)))
                .seen()
                .next(at(1, guest(2, 10)))
                .tidied()
                .next(at(5, guest(2, 10)))
                .next(at(9));

        assertThat(unseen.goneBytes()).isEqualTo(10 * MEBIBYTE);
        assertThat(unseen.goneAtNanos()).isEqualTo(9 * SECOND);
    }

    @Test
    void waitsForNobodyWhereNoneHasEnded() {
        assertThat(Unseen.of(at(0, guest(1, 10))).goneNanos(9 * SECOND)).isZero();
    }

    @Test
    void meetsInALapWhatHadGrownBeforeIt() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100)))
                .seen()
                .next(at(1, guest(1, 130), guest(2, 10)))
                .lapBegins()
                .next(at(2, guest(1, 170), guest(2, 15)));

        assertThat(unseen.bytes()).isEqualTo(85 * MEBIBYTE);
        assertThat(unseen.metBytes()).isEqualTo(40 * MEBIBYTE);
    }

    @Test
    void meetsNoLessForAGuestThatWasSeenBeforeAnyLap() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100, 25_600), guest(2, 10)));

        assertThat(unseen.metBytes()).isZero();
        assertThat(unseen.lapBegins().metBytes()).isEqualTo(10 * MEBIBYTE);
    }

    @Test
    void knowsTheLargestGuest() {
        assertThat(Unseen.of(at(0, guest(1, 30), guest(2, 100), guest(3, 50))).largestBytes())
                .isEqualTo(100 * MEBIBYTE);
        assertThat(Unseen.of(at(0)).largestBytes()).isZero();
    }

    @Test
    void isLessByWhatWasThereDuringTwoFurtherLaps() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100)))
                .seen()
                .next(at(1, guest(1, 130)))
                .lapBegins()
                .next(at(2, guest(1, 170)))
                .lapBegins()
                .next(at(3, guest(1, 200)));

        assertThat(unseen.bytes()).isEqualTo(100 * MEBIBYTE);
        assertThat(unseen.visitedTwice().bytes()).isEqualTo(70 * MEBIBYTE);
    }

    @Test
    void isNotMoreForALapThatSawLessThanTheBoost() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100))).lapBegins().seen();

        assertThat(unseen.visitedTwice().bytes()).isZero();
    }

    @Test
    void holdsWhatWasTakenAgainWhenItWasVisitedTwiceToo() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100)))
                .seen()
                .lapBegins()
                .next(at(1, guest(1, 60)))
                .next(at(2, guest(1, 100)));

        assertThat(unseen.visitedTwice().bytes()).isEqualTo(40 * MEBIBYTE);
    }

    @Test
    void beginsAnewAfterAnUnmerge() {
        Unseen unseen = Unseen.of(at(0, guest(1, 100), guest(2, 10)))
                .seen()
                .next(at(1, guest(1, 100)))
                .afresh(5 * SECOND);

        assertThat(unseen.sinceNanos()).isEqualTo(5 * SECOND);
        assertThat(unseen.grewAtNanos()).isEqualTo(5 * SECOND);
        assertThat(unseen.goneBytes()).isZero();
    }

    @Test
    void isSettledWhereNothingIsUnseen() {
        Unseen unseen =
                Unseen.of(at(0, guest(1, 10))).seen().next(at(1, guest(1, 10))).next(at(2, guest(1, 10)));

        assertThat(unseen.isSettled(2 * SECOND)).isTrue();
    }
}
