package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * However a policy's hold on a node ends, every knob is as it was found. To the agent a policy that is deleted, a selector that is changed and a
 * node that is relabelled are one and the same: a KsmNode that names no policy. Another policy that wins is one that names other settings.
 */
class EveryEndTest {
    private static final Tunables OTHERS = new Tunables(null, null, true, null, false, 1000);

    @TempDir
    Path directory;

    /** Where somebody had ksmd running before Samepage came. */
    private NodeUnderTest node() {
        return new NodeUnderTest(
                FakeKsm.linux618()
                        .with(Knob.RUN, 1)
                        .with(Knob.PAGES_TO_SCAN, 333)
                        .with(Knob.SLEEP_MILLISECS, 44)
                        .with(Knob.ADVISOR_MAX_CPU, 12),
                directory);
    }

    private static KsmNodeSpec policy(Mode mode) {
        return switch (mode) {
            case FIXED -> NodeUnderTest.fixed(1000, 10, OTHERS, NodeUnderTest.ALLOWED);
            case KERNEL_ADVISOR -> NodeUnderTest.advisor();
            case OBSERVE, STOPPED, UNMERGED, ADAPTIVE -> NodeUnderTest.mode(mode, NodeUnderTest.ALLOWED);
        };
    }

    private static Stream<Arguments> pairs() {
        return Arrays.stream(Mode.values())
                .flatMap(first -> Arrays.stream(Mode.values()).map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aNodeThatIsReleasedAfterTwoPoliciesIsAsItWasFound(Mode first, Mode second) {
        NodeUnderTest node = node();
        Map<Knob, Long> found = node.knobs();
        node.tell(policy(first));
        node.settle(node.start());
        node.tell(policy(second));
        Agent agent = node.start();
        node.settle(agent);

        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
        KsmNodeStatus status = node.settle(agent);

        assertThat(status.state()).isEqualTo(State.RESTORED);
        assertThat(node.knobs()).isEqualTo(found);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aPolicyThatOnlyWantsReportsWinsAndTheNodeIsAsItWasFound(Mode mode) {
        NodeUnderTest node = node();
        Map<Knob, Long> found = node.knobs();
        Agent agent = node.start();
        node.tell(policy(mode));
        node.settle(agent);

        node.tell(policy(Mode.OBSERVE));
        KsmNodeStatus status = node.settle(agent);

        assertThat(status.state()).isEqualTo(State.OBSERVING);
        assertThat(node.knobs()).isEqualTo(found);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OBSERVE", "ADAPTIVE"})
    void anotherPolicyThatWinsLeavesNothingOfWhatOnlyTheFirstHadNamed(Mode second) {
        NodeUnderTest node = node();
        Agent agent = node.start();
        node.tell(policy(Mode.FIXED));
        node.settle(agent);

        node.tell(second == Mode.FIXED ? NodeUnderTest.fixed(2000, 30) : policy(second));
        node.settle(agent);

        assertThat(node.knobs())
                .containsEntry(Knob.USE_ZERO_PAGES, 0L)
                .containsEntry(Knob.SMART_SCAN, 1L)
                .containsEntry(Knob.STABLE_NODE_CHAINS_PRUNE_MILLISECS, 2000L);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aNodeWhoseKsmNodeAndOperatorAreGoneIsAsItWasFoundAfterFiveMinutes(Mode mode) {
        NodeUnderTest node = node();
        Map<Knob, Long> found = node.knobs();
        Agent agent = node.start();
        node.tell(policy(mode));
        node.settle(agent);

        node.ksmNodeIsGone();
        agent.round();
        node.pass(Duration.ofMinutes(5));
        node.settle(agent);

        assertThat(node.knobs()).isEqualTo(found);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aRebootInTheMiddleMakesWhatTheKernelStartsWithTheOriginals(Mode mode) {
        NodeUnderTest node = node();
        node.tell(policy(mode));
        node.settle(node.start());

        node.reboot();
        for (Map.Entry<Knob, Long> knob : new NodeUnderTest(FakeKsm.linux618(), directory.resolve("another"))
                .knobs()
                .entrySet()) {
            node.ksm.with(knob.getKey(), knob.getValue());
        }
        Map<Knob, Long> booted = node.knobs();
        Agent agent = node.start();
        node.settle(agent);
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
        node.settle(agent);

        assertThat(node.knobs()).isEqualTo(booted);
    }

    @Test
    void anAgentThatEndsLeavesEverythingAsItIs() {
        NodeUnderTest node = node();
        node.tell(policy(Mode.FIXED));
        node.settle(node.start());
        Map<Knob, Long> applied = node.knobs();

        node.apiServerIsGone();
        node.settle(node.start());

        assertThat(node.knobs()).isEqualTo(applied);
    }
}
