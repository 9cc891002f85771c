package dev.samepage.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.agent.Activity;
import dev.samepage.agent.Agent;
import dev.samepage.agent.ControlPlane;
import dev.samepage.agent.Host;
import dev.samepage.agent.ReportSchedule;
import dev.samepage.agent.StateDirectory;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Phase;
import dev.samepage.api.Settings;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.tuning.sim.SimulatedKernel;
import dev.samepage.tuning.sim.SimulatedKsm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the demo shows where there is no KSM: the agent in mode Adaptive on the files of a simulated kernel, in that kernel's time. */
class SimulatedAdaptiveTest {
    private static final Duration BEAT = Duration.ofMillis(10);
    private static final long MEBIBYTE = 1 << 20;

    private final SimulatedKsm kernel = new SimulatedKsm(SimulatedKernel.linux618());
    private final Told told = new Told();
    private final List<Phase> phases = new ArrayList<>();

    @TempDir
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private SimulatedFiles files;

    @SuppressWarnings("NullAway.Init")
    private Agent agent;

    @SuppressWarnings("NullAway.Init")
    private KsmNodeStatus status;

    @BeforeEach
    void start() throws IOException {
        files = new SimulatedFiles(root, kernel);
        HostDirectories host = files.directories();
        agent = new Agent(
                "simulated",
                Host.at(host.ksm(), host.proc(), host.proc(), Clock.systemUTC()),
                new StateDirectory(host.state()),
                told,
                new ReportSchedule(Duration.ofSeconds(1), () -> 0.5),
                kernel::nanoTime,
                new Activity());
    }

    private void pass(Duration time) throws IOException {
        long end = kernel.nanoTime() + time.toNanos();
        while (kernel.nanoTime() < end) {
            status = agent.round();
            Phase phase = status.phase();
            if (phase != null && (phases.isEmpty() || phases.getLast() != phase)) {
                phases.add(phase);
            }
            long nextRound = kernel.nanoTime() + agent.untilNextRound().toNanos();
            while (kernel.nanoTime() < nextRound) {
                files.takeWrites();
                kernel.advance(BEAT);
                files.show();
            }
        }
    }

    private long savedBytes() {
        return requireNonNull(requireNonNull(status.memory()).savedBytes());
    }

    private Map<Knob, Long> knobs() throws IOException {
        return new Ksm(new KsmDirectory(files.directories().ksm())).read();
    }

    @Test
    void mergesWhatTheGuestsHaveInCommonAndRests() throws IOException {
        kernel.start(10, DemoHost.GUEST);
        pass(Duration.ofSeconds(10));

        assertThat(savedBytes()).isEqualTo(540 * MEBIBYTE);
        assertThat(phases).containsExactly(Phase.REST, Phase.BOOST, Phase.REST);
        assertThat(knobs()).containsEntry(Knob.RUN, 0L);
    }

    @Test
    void usesNoCpuWhileItRests() throws IOException {
        kernel.start(10, DemoHost.GUEST);
        pass(Duration.ofSeconds(10));
        long before = kernel.ksmdCpuNanos();
        pass(Duration.ofSeconds(10));

        assertThat(kernel.ksmdCpuNanos()).isEqualTo(before).isPositive();
    }

    @Test
    void isSentInAgainForMoreGuests() throws IOException {
        kernel.start(10, DemoHost.GUEST);
        pass(Duration.ofSeconds(10));
        kernel.start(4, DemoHost.GUEST);
        pass(Duration.ofSeconds(10));

        assertThat(savedBytes()).isEqualTo(780 * MEBIBYTE);
        assertThat(phases)
                .startsWith(Phase.REST, Phase.BOOST, Phase.REST, Phase.BOOST)
                .endsWith(Phase.REST);
    }

    @Test
    void leavesEveryKnobAsItWasFound() throws IOException {
        Map<Knob, Long> found = knobs();
        kernel.start(10, DemoHost.GUEST);
        pass(Duration.ofSeconds(4));
        assertThat(knobs()).isNotEqualTo(found);

        told.spec = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, "released");
        pass(Duration.ofSeconds(2));

        assertThat(knobs()).isEqualTo(found);
    }

    private static final class Told implements ControlPlane {
        private KsmNodeSpec spec = new KsmNodeSpec(
                new KsmNodeSpec.PolicyReference("adaptive", 1L),
                new Settings(Mode.ADAPTIVE, null, null, null, null),
                Unmerge.refused(),
                OnRemoval.RESTORE,
                "adaptive");

        private @Nullable KsmNodeStatus reported;

        @Override
        public Knowledge knowledge() {
            return new Knowledge.Present(spec, 1L, reported);
        }

        @Override
        public void report(KsmNodeStatus newest) {
            reported = newest;
        }
    }
}
