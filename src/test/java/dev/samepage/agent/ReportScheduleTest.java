package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KernelStatus;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.Phase;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportScheduleTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final long MIB = 1 << 20;
    private static final KsmNodeStatus BEFORE = status(100 * MIB);

    private final ReportSchedule schedule = new ReportSchedule(Duration.ofMinutes(5), () -> 0.5);

    @Test
    void theFirstStatusIsSentAtOnce() {
        assertThat(schedule.due(BEFORE, NOON)).isTrue();
    }

    @Test
    void whatIsDueCountsAsSent() {
        schedule.due(BEFORE, NOON);

        assertThat(schedule.sent()).isEqualTo(BEFORE);
    }

    @Test
    void whatIsNotDueDoesNotCountAsSent() {
        schedule.due(BEFORE, NOON);
        schedule.due(status(900 * MIB), NOON.plusSeconds(1));

        assertThat(schedule.sent()).isEqualTo(BEFORE);
    }

    @Test
    void aNewStateIsSentAtOnce() {
        assertThat(isNews(with(State.FAILED, "m", "h", 1L, "r", List.of()))).isTrue();
    }

    @Test
    void aNewMessageAloneIsNotSentAtOnce() {
        assertThat(isNews(with(State.APPLIED, "other", "h", 1L, "r", List.of())))
                .isFalse();
    }

    @Test
    void aNewHashIsSentAtOnce() {
        assertThat(isNews(with(State.APPLIED, "m", "other", 1L, "r", List.of())))
                .isTrue();
    }

    @Test
    void aNewGenerationIsSentAtOnce() {
        assertThat(isNews(with(State.APPLIED, "m", "h", 2L, "r", List.of()))).isTrue();
    }

    @Test
    void anotherKernelIsSentAtOnce() {
        assertThat(isNews(with(State.APPLIED, "m", "h", 1L, "other", List.of())))
                .isTrue();
    }

    @Test
    void aConditionIsSentAtOnce() {
        Condition degraded = new ConditionBuilder()
                .withType("Degraded")
                .withStatus("True")
                .withReason("KnobMissing")
                .withMessage("no smart_scan")
                .build();

        assertThat(isNews(with(State.APPLIED, "m", "h", 1L, "r", List.of(degraded))))
                .isTrue();
    }

    @Test
    void nothingNewIsNotSentAgain() {
        assertThat(isNews(with(State.APPLIED, "m", "h", 1L, "r", List.of()))).isFalse();
    }

    @Test
    void aNewVerdictWaitsForTenSeconds() {
        schedule.due(BEFORE, NOON);
        schedule.due(BEFORE, NOON.plusSeconds(5));

        assertThat(schedule.due(judged(Verdict.MARGINAL), NOON.plusSeconds(14))).isFalse();
        assertThat(schedule.due(judged(Verdict.MARGINAL), NOON.plusSeconds(15))).isTrue();
    }

    @Test
    void aNewPhaseWaitsForAMinuteAtMost() {
        settled();

        assertThat(schedule.due(judged(Verdict.EFFECTIVE, Phase.BOOST), NOON.plusSeconds(119)))
                .isFalse();
        assertThat(schedule.due(judged(Verdict.EFFECTIVE, Phase.BOOST), NOON.plusSeconds(120)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 15, 30, 60})
    void isSentAFewTimesSoonAfterAChange(int seconds) {
        schedule.due(BEFORE, NOON);
        for (int second = 1; second < seconds; second++) {
            schedule.due(BEFORE, NOON.plusSeconds(second));
        }
        assertThat(schedule.due(BEFORE, NOON.plusSeconds(seconds))).isTrue();
        assertThat(schedule.due(BEFORE, NOON.plusSeconds(seconds + 1))).isFalse();
    }

    @Test
    void movedFiguresAreSentEveryFiveMinutes() {
        settled();

        assertThat(schedule.due(status(102 * MIB), NOON.plusSeconds(359))).isFalse();
        assertThat(schedule.due(status(102 * MIB), NOON.plusSeconds(360))).isTrue();
    }

    @Test
    void figuresThatMovedByOnePerCentOrLessWaitForTheSignOfLife() {
        settled();

        assertThat(schedule.due(status(101 * MIB), NOON.plusSeconds(959))).isFalse();
        assertThat(schedule.due(status(101 * MIB), NOON.plusSeconds(960))).isTrue();
    }

    @Test
    void anotherNumberOfGuestsIsAMove() {
        settled();

        assertThat(schedule.due(with(100 * MIB, "0.4", 4, Map.of("run", "1")), NOON.plusSeconds(360)))
                .isTrue();
    }

    @Test
    void moreThanOnePercentOfACoreMoreForKsmdIsAMove() {
        settled();

        assertThat(schedule.due(with(100 * MIB, "1.5", 3, Map.of("run", "1")), NOON.plusSeconds(360)))
                .isTrue();
    }

    @Test
    void lessThanOnePercentOfACoreMoreForKsmdIsNoMove() {
        settled();

        assertThat(schedule.due(with(100 * MIB, "1.3", 3, Map.of("run", "1")), NOON.plusSeconds(360)))
                .isFalse();
    }

    @Test
    void aSettingThatSomebodyElseChangedIsAMove() {
        settled();

        assertThat(schedule.due(with(100 * MIB, "0.4", 3, Map.of("run", "0")), NOON.plusSeconds(360)))
                .isTrue();
    }

    @Test
    void theFirstFiguresAreAMove() {
        settled(remembered(null));

        assertThat(schedule.due(remembered(BEFORE.memory()), NOON.plusSeconds(359)))
                .isFalse();
        assertThat(schedule.due(remembered(BEFORE.memory()), NOON.plusSeconds(360)))
                .isTrue();
    }

    @Test
    void figuresThatNobodyKnowsHaveNotMoved() {
        settled(remembered(null));

        assertThat(schedule.due(remembered(null), NOON.plusSeconds(959))).isFalse();
        assertThat(schedule.due(remembered(null), NOON.plusSeconds(960))).isTrue();
    }

    @Test
    void aFigureThatNobodyKnowsHasNotMoved() {
        MemoryStatus partly = MemoryStatus.of(100 * MIB, 80 * MIB, null, null);
        settled(remembered(partly));

        assertThat(schedule.due(remembered(partly), NOON.plusSeconds(959))).isFalse();
    }

    @Test
    void theAgentsOfAClusterDoNotWriteInStep() {
        assertThat(intervalSeconds(0.0)).isEqualTo(270);
        assertThat(intervalSeconds(0.5)).isEqualTo(300);
        assertThat(intervalSeconds(1.0)).isEqualTo(330);
    }

    @Test
    void aClockThatIsSetBackHoldsNothingUp() {
        schedule.due(BEFORE, NOON);

        assertThat(schedule.due(BEFORE, NOON.minusSeconds(3600))).isTrue();
    }

    private boolean isNews(KsmNodeStatus status) {
        schedule.due(with(State.APPLIED, "m", "h", 1L, "r", List.of()), NOON);
        return schedule.due(status, NOON.plusSeconds(1));
    }

    /** The last of the reports after a change was sent a minute after noon. */
    private void settled() {
        settled(BEFORE);
    }

    private void settled(KsmNodeStatus status) {
        settle(schedule, status);
    }

    private static void settle(ReportSchedule schedule, KsmNodeStatus status) {
        for (int second : new int[] {0, 5, 15, 30, 60}) {
            assertThat(schedule.due(status, NOON.plusSeconds(second))).isTrue();
        }
    }

    private static int intervalSeconds(double random) {
        ReportSchedule schedule = new ReportSchedule(Duration.ofMinutes(5), () -> random);
        settle(schedule, BEFORE);
        int second = 61;
        while (!schedule.due(status(200 * MIB), NOON.plusSeconds(second))) {
            second++;
        }
        return second - 60;
    }

    private static KsmNodeStatus status(long savedBytes) {
        return with(savedBytes, "0.4", 3, Map.of("run", "1"));
    }

    private static KsmNodeStatus with(long savedBytes, String cpuPercent, int guests, Map<String, String> settings) {
        return new KsmNodeStatus(
                1L,
                State.APPLIED,
                "m",
                "h",
                null,
                settings,
                null,
                MemoryStatus.of(savedBytes, 80 * MIB, 1000 * MIB, 500 * MIB),
                new KsmdStatus(cpuPercent),
                null,
                null,
                null,
                Verdict.EFFECTIVE,
                guests,
                null,
                List.of());
    }

    private static KsmNodeStatus judged(Verdict verdict) {
        return judged(verdict, null);
    }

    private static KsmNodeStatus judged(Verdict verdict, @Nullable Phase phase) {
        return like(BEFORE.memory(), verdict, phase);
    }

    private static KsmNodeStatus remembered(@Nullable MemoryStatus memory) {
        return like(memory, Verdict.EFFECTIVE, null);
    }

    private static KsmNodeStatus like(@Nullable MemoryStatus memory, Verdict verdict, @Nullable Phase phase) {
        return new KsmNodeStatus(
                1L,
                State.APPLIED,
                "m",
                "h",
                null,
                BEFORE.settings(),
                null,
                memory,
                BEFORE.ksmd(),
                phase,
                null,
                null,
                verdict,
                3,
                null,
                List.of());
    }

    private static KsmNodeStatus with(
            State state, String message, String hash, Long generation, String release, List<Condition> conditions) {
        return new KsmNodeStatus(
                generation,
                state,
                message,
                hash,
                new KernelStatus(release, "boot", 4096L, List.of()),
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                conditions);
    }
}
