package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.State;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.Knob;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedDirectoryTest {
    @TempDir
    Path directory;

    private NodeUnderTest node;
    private LockedDirectory state;

    @BeforeEach
    void aNodeUnderAPolicy() {
        node = new NodeUnderTest(FakeKsm.linux618(), directory);
        node.tell(NodeUnderTest.fixed(1000, 10));
        state = new LockedDirectory(new StateDirectory(node.state));
    }

    /** Another agent has applied the policy and works on. */
    private Closeable another() throws IOException {
        Closeable lock = new StateDirectory(node.state).tryLock().orElseThrow();
        node.start().round();
        node.ksm.clearWrites();
        return lock;
    }

    @Test
    void cannotBeReadWhileSomebodyElseHasTheLock() throws IOException {
        try (Closeable _ = another()) {
            assertThatThrownBy(() -> state.read("originals"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("another samepage works on this host, it holds " + node.state + "/lock");
        }
    }

    @Test
    void isLockedByItsFirstUse() throws IOException {
        state.read("originals");

        assertThat(new StateDirectory(node.state).tryLock()).isEmpty();
    }

    @Test
    void isFreeAgainOnceItIsClosed() throws IOException {
        state.read("originals");
        state.close();

        assertThat(new StateDirectory(node.state).tryLock()).isPresent();
    }

    @Test
    void anAgentWithoutTheLockWritesNothingAndSaysSo() throws IOException {
        try (Closeable _ = another()) {
            node.ksm.with(Knob.PAGES_TO_SCAN, 64);
            KsmNodeStatus status = node.settle(node.start(state));

            assertThat(node.ksm.writes()).isEmpty();
            assertThat(status.state()).isEqualTo(State.FAILED);
            assertThat(status.message())
                    .contains("another samepage works on this host")
                    .contains("/lock");
        }
    }

    @Test
    void anAgentThatGetsTheLockLaterGoesOnWithWhatTheOtherHasLeft() throws IOException {
        Map<Knob, Long> found = node.knobs();
        Agent agent;
        try (Closeable _ = another()) {
            node.apiServerIsGone();
            agent = node.start(state);
            node.settle(agent);
        }
        node.ksm.with(Knob.PAGES_TO_SCAN, 64);
        assertThat(node.settle(agent).state()).isEqualTo(State.APPLIED);
        assertThat(node.ksm.value(Knob.PAGES_TO_SCAN)).isEqualTo(1000);

        node.tell(NodeUnderTest.released(NodeUnderTest.RESTORE, NodeUnderTest.FORBIDDEN));
        node.settle(agent);
        assertThat(node.knobs()).isEqualTo(found);
    }
}
