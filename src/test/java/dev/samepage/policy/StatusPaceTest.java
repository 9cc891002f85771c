package dev.samepage.policy;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmPolicyStatus;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.KsmdStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusPaceTest {

    @Test
    void theFirstStatusIsDue() {
        assertThat(StatusPace.left(null, status(5000, 1, "0.1"), ZERO)).isEqualTo(ZERO);
    }

    @Test
    void anotherCountIsDue() {
        assertThat(StatusPace.left(status(5000, 1, "0.1"), status(5000, 2, "0.2"), ZERO))
                .isEqualTo(ZERO);
    }

    @Test
    void anotherConditionIsDue() {
        var ready = new KsmPolicyStatus(
                3L,
                new NodeCounts(1, 1, 0, 0, 1, 0, 0, 0),
                null,
                null,
                new KsmdStatus("0.1"),
                Map.of(),
                List.of(),
                List.of(Given.condition("Ready", "True", "Applied", "")));

        assertThat(StatusPace.left(status(1, 1, "0.1"), ready, ZERO)).isEqualTo(ZERO);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "10, 1000", "100, 10000", "150, 15000", "5000, 15000"})
    void figuresAloneWaitTheLongerTheMoreNodesThereAre(int nodes, long millis) {
        assertThat(StatusPace.left(status(nodes, 1, "0.1"), status(nodes, 1, "0.2"), ZERO))
                .isEqualTo(ofMillis(millis));
    }

    @Test
    void figuresAreDueOnceTheLastAreOldEnough() {
        assertThat(StatusPace.left(status(100, 1, "0.1"), status(100, 1, "0.2"), ofSeconds(4)))
                .isEqualTo(ofSeconds(6));
        assertThat(StatusPace.left(status(100, 1, "0.1"), status(100, 1, "0.2"), ofSeconds(10)))
                .isEqualTo(ZERO);
    }

    private static KsmPolicyStatus status(int targeted, int applied, String cpuPercent) {
        return new KsmPolicyStatus(
                3L,
                new NodeCounts(targeted, targeted, 0, 0, applied, targeted - applied, 0, 0),
                null,
                null,
                new KsmdStatus(cpuPercent),
                Map.of(),
                List.of(),
                List.of());
    }

    @Test
    void anotherExampleIsDue() {
        var failed = new KsmPolicyStatus(
                3L,
                new NodeCounts(100, 100, 0, 0, 1, 99, 0, 0),
                null,
                null,
                new KsmdStatus("0.1"),
                Map.of(),
                List.of(new KsmPolicyStatus.Example("n1", "Failed", "no")),
                List.of());

        assertThat(StatusPace.left(status(100, 1, "0.1"), failed, ZERO)).isEqualTo(ZERO);
    }

    @Test
    void whereNothingIsCountedFiguresWaitForASecond() {
        var uncounted = new KsmPolicyStatus(3L, null, null, null, null, Map.of(), List.of(), List.of());

        assertThat(StatusPace.left(uncounted, uncounted, ZERO)).isEqualTo(ofSeconds(1));
    }
}
