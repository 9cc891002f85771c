package dev.samepage.agent;

import static dev.samepage.agent.NodeUnderTest.condition;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.KsmFiles;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.UnavailableException;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's ksmtuned against the agent, on this machine's KSM. Time passes 60 times faster for the agent, and ksmtuned looks every second: for the
 * agent once a minute, as it does by default.
 */
@RealKsm
class KsmtunedFaultTest {
    private static final int FASTER = 60;
    private static final Map<String, String> STOPS_KSMD =
            Map.of("KSM_MONITOR_INTERVAL", "1", "KSM_THRES_COEF", "1", "KSM_THRES_CONST", "1");
    private static final Map<String, String> STARTS_KSMD = Map.of("KSM_MONITOR_INTERVAL", "1", "KSM_THRES_COEF", "100");

    @TempDir
    private static Path packageDirectory;

    private static @Nullable Path script;

    @TempDir
    private Path state;

    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final Activity activity = new Activity();
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final AtomicReference<KsmNodeSpec> spec = new AtomicReference<>(NodeUnderTest.fixed(1000, 20));
    private final AtomicReference<@Nullable KsmNodeStatus> newest = new AtomicReference<>();
    private final long startNanos = System.nanoTime();
    private Map<Knob, Long> found = Map.of();
    private @Nullable Thread rounds;
    private volatile boolean ends;

    @BeforeAll
    static void download() throws IOException {
        try {
            script = Ksmtuned.unpacked(packageDirectory);
        } catch (UnavailableException e) {
            System.err.printf("%n*** KsmtunedFaultTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @BeforeEach
    void startAgent() throws IOException {
        found = ksm.read();
        InstantSource clock = () -> Instant.EPOCH.plusNanos(nanos());
        Host host = Host.at(Ksm.DEFAULT, Path.of("/proc"), Path.of("/sys/fs/cgroup"), clock.withZone(ZoneOffset.UTC));
        Agent agent = new Agent(
                "this host",
                new Host(new Ksm(recorded()), host.proc(), host.guests(), host.unmerger(), host.clock()),
                new StateDirectory(state),
                new Told(),
                new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                this::nanos,
                activity);
        rounds = Thread.ofPlatform().start(() -> {
            while (!ends) {
                newest.set(agent.round());
                try {
                    Thread.sleep(agent.untilNextRound().dividedBy(FASTER));
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
        within().until(() -> state() == State.APPLIED);
        writes.clear();
    }

    @AfterEach
    void stopAgent() throws InterruptedException {
        ends = true;
        if (rounds != null) {
            rounds.join();
        }
    }

    private long nanos() {
        return (System.nanoTime() - startNanos) * FASTER;
    }

    /** The kernel's files, with all that the agent writes to them: counted here, and not by the agent. */
    private KsmFiles recorded() {
        KsmFiles kernel = new KsmDirectory(Ksm.DEFAULT);
        return new InterceptedWrites(kernel, (file, text) -> {
            writes.add(file + "=" + text);
            kernel.write(file, text);
        });
    }

    private final class Told implements ControlPlane {
        private volatile @Nullable KsmNodeStatus reported;

        @Override
        public Knowledge knowledge() {
            return new Knowledge.Present(spec.get(), 1L, reported);
        }

        @Override
        public void report(KsmNodeStatus status) {
            reported = status;
        }
    }

    private static Ksmtuned ksmtuned(Map<String, String> settings) throws IOException {
        return Ksmtuned.start(requireNonNull(script), settings);
    }

    private static ConditionFactory within() {
        return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
    }

    private @Nullable State state() {
        KsmNodeStatus status = newest.get();
        return status == null ? null : status.state();
    }

    private Condition contended() {
        return condition(requireNonNull(newest.get()), "Contended");
    }

    @Test
    void aKsmtunedThatStopsKsmdIsNamedAndGivenWayTo() throws IOException {
        try (Ksmtuned other = ksmtuned(STOPS_KSMD)) {
            within().until(() -> state() == State.CONTENDED);

            assertThat(writes).containsExactly("run=1", "run=1", "run=1");
            assertThat(contended().getReason()).isEqualTo("Ksmtuned");
            assertThat(contended().getMessage())
                    .contains("(run 1 -> 0): ksmtuned (pid " + other.pid() + ") runs on this host.");
        }
    }

    @Test
    void aKsmtunedThatTurnsTheRateIsNamedAndGivenWayTo() throws IOException {
        try (Ksmtuned other = ksmtuned(STARTS_KSMD)) {
            within().until(() -> state() == State.CONTENDED);

            assertThat(contended().getReason()).isEqualTo("Ksmtuned");
            assertThat(contended().getMessage())
                    .contains("pages_to_scan 1000 -> ", "ksmtuned (pid " + other.pid() + ") runs on this host.");
        }
    }

    @Test
    void anHourOfKsmtunedTakesNoMoreThan15Writes() throws Exception {
        try (Ksmtuned other = ksmtuned(STARTS_KSMD)) {
            within().until(() -> activity.counted(Deed.FOREIGN_CHANGE) > 0);
            Thread.sleep(Duration.ofHours(1).dividedBy(FASTER));

            System.out.printf(
                    "an hour beside ksmtuned: %d of its changes seen, %d settings put back; %s%n",
                    activity.counted(Deed.FOREIGN_CHANGE),
                    writes.size(),
                    contended().getMessage());
            assertThat(writes).hasSizeBetween(5, 15);
            assertThat(state()).isEqualTo(State.CONTENDED);
            assertThat(other.isAlive()).isTrue();
            assertThat(requireNonNull(rounds).isAlive()).isTrue();
        }
    }

    @Test
    void itIsBackOnceKsmtunedHasStopped() throws IOException {
        Map<Knob, Long> applied = ksm.read();
        try (Ksmtuned _ = ksmtuned(STOPS_KSMD)) {
            within().until(() -> state() == State.CONTENDED);
        }

        within().until(() -> state() == State.APPLIED);
        assertThat(requireNonNull(newest.get()).message()).contains("Back since ", "has gone.");
        assertThat(applied)
                .containsEntry(Knob.RUN, 1L)
                .containsEntry(Knob.PAGES_TO_SCAN, 1000L)
                .containsEntry(Knob.SLEEP_MILLISECS, 20L);
        assertThat(ksm.read()).isEqualTo(applied);
    }

    @Test
    void everyKnobIsPutBackAfterTheFight() throws IOException {
        try (Ksmtuned _ = ksmtuned(STARTS_KSMD)) {
            within().until(() -> state() == State.CONTENDED);
        }
        spec.set(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.FORBIDDEN));
        within().until(() -> state() == State.RESTORED);

        assertThat(ksm.read()).isEqualTo(found);
    }
}
