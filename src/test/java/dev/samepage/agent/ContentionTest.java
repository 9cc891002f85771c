package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.Contention.Advice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentionTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** A machine that was started long ago, or whose clock began below zero. */
    private Duration now = Duration.ofSeconds(-1000);

    private Contention contention = Contention.none();
    private final List<Duration> rounds = new ArrayList<>();
    private final List<Integer> writes = new ArrayList<>();

    /** An agent that looks once a second and needs so many writes to put everything back. */
    private Advice look(int needed) {
        Advice advice = contention.advice(now, needed);
        if (advice == Advice.PUT_BACK) {
            contention = contention.putBack(now, needed);
            rounds.add(now.plusSeconds(1000));
            writes.add(needed);
        } else if (advice == Advice.STAND_DOWN) {
            contention = contention.standDown(now);
        }
        return advice;
    }

    /** Somebody who changes everything again as often as that, for so long. */
    private void fight(Duration every, Duration length, int needed) {
        Duration end = now.plus(length);
        Duration next = now;
        while (now.compareTo(end) < 0) {
            if (now.compareTo(next) >= 0) {
                contention = contention.seen(now);
                next = next.plus(every);
            }
            look(needed);
            now = now.plus(SECOND);
        }
    }

    private static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    @Test
    void whatNobodyElseChangedIsItsOwnMatter() {
        assertThat(look(3)).isEqualTo(Advice.OWN_MATTER);
    }

    @Test
    void theFirstChangeIsPutBackAtOnce() {
        contention = contention.seen(now);

        assertThat(look(3)).isEqualTo(Advice.PUT_BACK);
    }

    @Test
    void aWriterThatNeverStopsIsGivenWayToAfterThreeRoundsWithGrowingPauses() {
        fight(SECOND, minutes(15), 3);

        assertThat(rounds).containsExactly(Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(35));
        assertThat(contention.standsDown(now)).isTrue();
    }

    @Test
    void itIsTriedAgainAfter15And30MinutesAndThenOnceAnHour() {
        fight(SECOND, Duration.ofHours(5), 3);

        assertThat(rounds.subList(3, rounds.size()))
                .containsExactly(
                        Duration.ofSeconds(36 + 15 * 60),
                        Duration.ofSeconds(37 + 45 * 60),
                        Duration.ofSeconds(38 + 105 * 60),
                        Duration.ofSeconds(39 + 165 * 60),
                        Duration.ofSeconds(40 + 225 * 60),
                        Duration.ofSeconds(41 + 285 * 60));
    }

    @Test
    void ksmtunedsMinuteIsGivenWayToAfterThreeMinutes() {
        fight(minutes(1), minutes(4), 1);

        assertThat(rounds).containsExactly(Duration.ZERO, minutes(1), minutes(2));
        assertThat(contention.standsDown(now)).isTrue();
    }

    @Test
    void virtHandlersThreeMinutesAreGivenWayTo() {
        fight(minutes(3), minutes(10), 3);

        assertThat(rounds).containsExactly(Duration.ZERO, minutes(3), minutes(6));
        assertThat(contention.standsDown(now)).isTrue();
    }

    @Test
    void configurationManagementEveryHalfHourIsGivenWayTo() {
        fight(minutes(30), minutes(92), 3);

        assertThat(rounds).containsExactly(Duration.ZERO, minutes(30), minutes(60));
        assertThat(contention.standsDown(now)).isTrue();
    }

    @Test
    void whoComesLessThanOnceAnHourIsPutBackEachTime() {
        fight(minutes(61), Duration.ofHours(10), 3);

        assertThat(rounds).hasSize(10);
        assertThat(contention.standsDown(now)).isFalse();
    }

    @ParameterizedTest(name = "{0} writes a round, changed every {1} s")
    @CsvSource({"1, 1", "3, 1", "14, 1", "15, 1", "3, 60", "14, 180", "15, 600", "10, 3000"})
    void noHourHasMoreThan30Writes(int needed, int everySeconds) {
        fight(Duration.ofSeconds(everySeconds), Duration.ofHours(12), needed);

        assertThat(rounds).isNotEmpty();
        for (int i = 0; i < rounds.size(); i++) {
            int sum = 0;
            for (int j = i;
                    j < rounds.size() && rounds.get(j).minus(rounds.get(i)).compareTo(minutes(60)) < 0;
                    j++) {
                sum += writes.get(j);
            }
            assertThat(sum).as("in the hour from %s", rounds.get(i)).isLessThanOrEqualTo(30);
        }
    }

    @Test
    void aWriterThatIsGoneIsNotWaitedForLonger() {
        fight(SECOND, minutes(2), 3);
        contention = contention.writerGone(now);

        assertThat(look(3)).isEqualTo(Advice.PUT_BACK);
        assertThat(contention.standsDown(now)).isFalse();
    }

    @Test
    void aWriterThatComesAndGoesAllTheTimeGetsNoMoreThan30WritesAnHour() {
        for (int minute = 0; minute < 600; minute++) {
            fight(SECOND, minutes(1), 3);
            contention = contention.writerGone(now);
        }

        assertThat(writes.stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(11 * 30);
    }

    @Test
    void whoIsBackWithinAnHourOfComingBackIsGivenWayToAtOnceAndForLonger() {
        fight(SECOND, minutes(2), 3);
        now = now.plus(minutes(14));
        assertThat(look(3)).isEqualTo(Advice.PUT_BACK);
        now = now.plus(minutes(59));
        contention = contention.seen(now);

        assertThat(look(3)).isEqualTo(Advice.STAND_DOWN);
        assertThat(contention.left(now)).contains(minutes(30));
    }

    @Test
    void anHourOfPeaceMakesTheNextChangeAFirstOne() {
        fight(SECOND, minutes(2), 3);
        now = now.plus(minutes(14));
        look(3);
        now = now.plus(minutes(61));
        contention = contention.seen(now);

        assertThat(look(3)).isEqualTo(Advice.PUT_BACK);
        assertThat(contention.rounds()).isEqualTo(1);
        assertThat(contention.standDowns()).isZero();
    }

    @Test
    void somethingNewThatIsWantedIsTriedAtOnceWhileWayIsGiven() {
        fight(SECOND, minutes(2), 3);
        contention = contention.ordered();

        assertThat(look(3)).isEqualTo(Advice.OWN_MATTER);
    }

    @Test
    void somethingNewThatIsWantedDoesNotMakePeace() {
        fight(SECOND, minutes(2), 3);
        contention = contention.ordered().seen(now);

        assertThat(look(3)).isEqualTo(Advice.STAND_DOWN);
        assertThat(contention.left(now)).contains(minutes(30));
    }

    @Test
    void aNodeThatSomebodyElseHasPutBackIsSettled() {
        fight(SECOND, minutes(2), 3);
        contention = contention.settled(now);

        assertThat(look(3)).isEqualTo(Advice.OWN_MATTER);
        assertThat(contention.standsDown(now)).isFalse();
    }

    @Test
    void aChangeWhileWayIsGivenMakesItNoLonger() {
        fight(SECOND, minutes(2), 3);
        Contention before = contention;

        assertThat(contention.seen(now)).isEqualTo(before);
    }
}
