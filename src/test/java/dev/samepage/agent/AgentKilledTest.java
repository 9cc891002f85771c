package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Tunables;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} before and after every single write, to the kernel and to the journal, of an apply and of a restore; then a new start.
 * Wherever it strikes, every knob ends as specified, and after the removal as found.
 */
class AgentKilledTest {
    private static final Tunables NUMA_AND_ZERO_PAGES = new Tunables(false, null, true, null, false, null);

    @TempDir
    Path directory;

    @Test
    void anApplyOfFixedGoesOnWhereItWasKilled() throws IOException {
        killAtEveryStep(
                FakeKsm::linux618,
                node -> {},
                NodeUnderTest.fixed(1000, 10),
                Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 1000L, Knob.SLEEP_MILLISECS, 10L));
    }

    @Test
    void anApplyThatTurnsTheAdvisorOffGoesOnWhereItWasKilled() throws IOException {
        killAtEveryStep(
                () -> FakeKsm.linux618()
                        .with(Knob.ADVISOR_MODE, 1)
                        .with(Knob.PAGES_TO_SCAN, 500)
                        .with(Knob.RUN, 1),
                node -> {},
                NodeUnderTest.fixed(1000, 10),
                Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, 1000L, Knob.ADVISOR_MODE, 0L));
    }

    @Test
    void anApplyOfTheAdvisorGoesOnWhereItWasKilled() throws IOException {
        killAtEveryStep(
                FakeKsm::linux618,
                node -> {},
                NodeUnderTest.advisor(),
                Map.of(Knob.RUN, 1L, Knob.ADVISOR_MODE, 1L, Knob.ADVISOR_MAX_CPU, 50L));
    }

    @Test
    void anApplyThatHasToUnmergeFirstGoesOnWhereItWasKilled() throws IOException {
        killAtEveryStep(
                () -> FakeKsm.linux618().with(Knob.RUN, 1).merge(10),
                node -> {},
                NodeUnderTest.fixed(1000, 10, NUMA_AND_ZERO_PAGES, NodeUnderTest.ALLOWED),
                Map.of(Knob.RUN, 1L, Knob.MERGE_ACROSS_NODES, 0L, Knob.USE_ZERO_PAGES, 1L, Knob.SMART_SCAN, 0L));
    }

    @Test
    void aChangeOfModeGoesOnWhereItWasKilled() throws IOException {
        killAtEveryStep(
                FakeKsm::linux618,
                node -> {
                    node.tell(NodeUnderTest.advisor());
                    node.settle(node.start());
                },
                NodeUnderTest.mode(Mode.STOPPED, NodeUnderTest.FORBIDDEN),
                Map.of(Knob.RUN, 0L));
    }

    @Test
    void aRestoreGoesOnWhereItWasKilled() throws IOException {
        killTheRemovalAtEveryStep(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN);
    }

    @Test
    void aRestoreThatUnmergesGoesOnWhereItWasKilled() throws IOException {
        killTheRemovalAtEveryStep(OnRemoval.RESTORE_AND_UNMERGE, NodeUnderTest.ALLOWED);
    }

    private interface Kernel {
        FakeKsm boot();
    }

    private void killAtEveryStep(
            Kernel kernel, Consumer<NodeUnderTest> before, KsmNodeSpec spec, Map<Knob, Long> specified) {
        int step = 1;
        boolean killed = true;
        while (killed) {
            NodeUnderTest node = new NodeUnderTest(kernel.boot(), directory.resolve("step-" + step));
            Map<Knob, Long> found = node.knobs();
            before.accept(node);
            node.tell(spec);
            killed = killedAt(step, node);

            assertThat(node.settle(node.start()).state())
                    .as("state after a kill at step %d", step)
                    .isEqualTo(State.APPLIED);
            assertThat(node.knobs()).as("applied after a kill at step %d", step).containsAllEntriesOf(specified);

            node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
            node.settle(node.start());
            assertThat(node.knobs())
                    .as("restored after a kill at step %d", step)
                    .isEqualTo(found);
            step++;
        }
        assertThat(step).as("steps of an apply").isGreaterThan(8);
    }

    private void killTheRemovalAtEveryStep(OnRemoval onRemoval, dev.samepage.api.Unmerge unmerge) {
        int step = 1;
        boolean killed = true;
        while (killed) {
            FakeKsm ksm = FakeKsm.linux618()
                    .with(Knob.RUN, 1)
                    .with(Knob.PAGES_TO_SCAN, 333)
                    .with(Knob.SLEEP_MILLISECS, 44);
            NodeUnderTest node = new NodeUnderTest(ksm, directory.resolve("step-" + step));
            Map<Knob, Long> found = node.knobs();
            node.tell(NodeUnderTest.advisor());
            node.settle(node.start());
            ksm.merge(5);
            node.tell(NodeUnderTest.released(onRemoval, unmerge));
            killed = killedAt(step, node);

            assertThat(node.settle(node.start()).state())
                    .as("state after a kill at step %d", step)
                    .isEqualTo(State.RESTORED);
            assertThat(node.knobs())
                    .as("restored after a kill at step %d", step)
                    .isEqualTo(found);
            assertThat(node.state)
                    .as("the journal after a kill at step %d", step)
                    .isEmptyDirectory();
            step++;
        }
        assertThat(step).as("steps of a restore").isGreaterThan(8);
    }

    /** Runs an agent that dies at that step; whether it came so far. */
    private static boolean killedAt(int step, NodeUnderTest node) {
        node.death.atStep(step);
        try {
            node.settle(node.start());
            return false;
        } catch (SuddenDeath.Killed killed) {
            return true;
        } finally {
            node.death.never();
        }
    }
}
