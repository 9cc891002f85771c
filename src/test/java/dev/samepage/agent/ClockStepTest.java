package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The node's clock is set, as by an NTP client that starts late, while its KsmNode is gone. */
class ClockStepTest {
    private NodeUnderTest node;
    private Agent agent;
    private Map<Knob, Long> found;

    @BeforeEach
    void applyAndLoseTheKsmNode(@TempDir Path directory) {
        node = new NodeUnderTest(FakeKsm.linux618(), directory);
        found = node.knobs();
        node.tell(NodeUnderTest.fixed(1000, 10));
        agent = node.start();
        agent.round();
        node.ksmNodeIsGone();
        agent.round();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H"})
    void aKsmNodeIsGivenFiveMinutesToComeBackAllTheSame(Duration step) {
        Map<Knob, Long> applied = node.knobs();

        node.setClock(step);
        node.pass(Duration.ofSeconds(299));
        agent.round();

        assertThat(node.knobs()).isEqualTo(applied);
    }

    @Test
    void theFiveMinutesBeginAnewWhereTheApiServerWasNotHeardMeanwhile() {
        Map<Knob, Long> applied = node.knobs();

        node.apiServerIsGone();
        node.pass(Duration.ofHours(1));
        agent.round();
        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofSeconds(299));
        agent.round();
        assertThat(node.knobs()).isEqualTo(applied);

        node.pass(Duration.ofSeconds(1));
        agent.round();
        assertThat(node.knobs()).isEqualTo(found);
    }

    @Test
    void aNodeWhoseClockWasSetBackIsRestoredAfterThem() {
        node.setClock(Duration.ofDays(-1));
        node.pass(Duration.ofMinutes(5));
        agent.round();

        assertThat(node.knobs()).isEqualTo(found);
    }
}
