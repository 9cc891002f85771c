package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.Adaptive;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Phase;
import dev.samepage.api.Settings;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.testbed.guests.GuestFleet;
import dev.samepage.testbed.guests.GuestMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Percentage;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** Agents that run mode Adaptive on this machine's KSM, one after the other, each until it is stopped. */
final class AdaptiveOnRealKsm implements AutoCloseable {
    static final Path PROC = Path.of("/proc");

    /**
     * Off huge pages, which the kernel may have to split first: some then merge a lap later. And nothing is rewritten in it: of so little memory
     * a lap takes less time than passes between two writes, and such pages mislead the kernel's search (see adaptive.md).
     */
    static final GuestMemory GUEST = GuestMemory.of(40, 20).withoutHugePages();

    private static final long MEBIBYTE = 1 << 20;
    private static final int TOLERANCE_PERCENT = 2;

    private final Path state;
    private final KsmNodeSpec spec;
    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final HostProc proc = new HostProc(PROC);
    private final List<Moment> moments = new CopyOnWriteArrayList<>();
    private @Nullable Thread agent;
    private volatile boolean stopped;
    private volatile @Nullable Throwable failure;
    private final AtomicLong aheadNanos = new AtomicLong();
    private final SteppingClock clock = new SteppingClock();

    /** The wall clock, which may be set. */
    private static final class SteppingClock extends Clock {
        private volatile Duration step = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(step);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    /** What was so after a round. */
    record Moment(long nanos, long cpuNanos, @Nullable Phase phase) {}

    AdaptiveOnRealKsm(Path state, int maxCpuPercent, String minSavedPerCpuSecond) {
        this.state = state;
        Adaptive defaults = Adaptive.defaults();
        Adaptive adaptive = new Adaptive(
                maxCpuPercent,
                minSavedPerCpuSecond,
                defaults.maxRestSeconds(),
                defaults.activation(),
                defaults.memoryAvailableBelowPercent());
        spec = new KsmNodeSpec(
                new KsmNodeSpec.PolicyReference("adaptive", 1L),
                new Settings(Mode.ADAPTIVE, null, null, adaptive, null),
                new Unmerge(false, 10),
                OnRemoval.RESTORE,
                "adaptive");
    }

    /** An agent that knows nothing but what is in the state directory. */
    AdaptiveOnRealKsm start() {
        Agent next = new Agent(
                "this host",
                Host.at(Ksm.DEFAULT, PROC, Path.of("/sys/fs/cgroup"), clock),
                new StateDirectory(state),
                new Told(),
                new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                this::nanoTime,
                new Activity());
        stopped = false;
        agent = Thread.ofPlatform().start(() -> run(next));
        return this;
    }

    private void run(Agent running) {
        try {
            while (!stopped) {
                KsmNodeStatus status = running.round();
                moments.add(new Moment(nanoTime(), cpuNanos(), status.phase()));
                Thread.sleep(running.untilNextRound());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private final class Told implements ControlPlane {
        private volatile @Nullable KsmNodeStatus reported;

        @Override
        public Knowledge knowledge() {
            return new Knowledge.Present(spec, 1L, reported);
        }

        @Override
        public void report(KsmNodeStatus status) {
            reported = status;
        }
    }

    /** The agent ends, as it does at an upgrade: nothing is put back. */
    void stop() {
        stopped = true;
        Thread ending = agent;
        if (ending != null) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        agent = null;
    }

    @Override
    public void close() {
        stop();
    }

    Counters counters() {
        try {
            return ksm.counters();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long laps() {
        return counters().get(Counter.FULL_SCANS).orElseThrow();
    }

    long savedBytes() {
        return counters().savedBytes(proc.pageSizeBytes());
    }

    /** Memory that the kernel keeps a note of each page of. */
    long knownBytes() {
        return counters().knownPages() * proc.pageSizeBytes();
    }

    long value(Knob knob) {
        checkAlive();
        try {
            return ksm.read().getOrDefault(knob, -1L);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Ksm ksm() {
        return ksm;
    }

    long cpuNanos() {
        return proc.ksmdCpuNanos().orElseThrow();
    }

    List<Moment> moments() {
        checkAlive();
        return List.copyOf(moments);
    }

    private void checkAlive() {
        Throwable died = failure;
        if (died != null) {
            throw new IllegalStateException("the agent has died", died);
        }
    }

    /** The agent's clock jumps ahead. */
    void pass(Duration time) {
        aheadNanos.addAndGet(time.toNanos());
    }

    /** The wall clock is set, as after a suspend; the clock that never goes back is not. */
    void setWallClock(Duration step) {
        clock.step = step;
    }

    private long nanoTime() {
        return System.nanoTime() + aheadNanos.get();
    }

    static ConditionFactory within() {
        return await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50));
    }

    /** And rests. */
    void untilItHasSaved(long mebibytes) {
        within().untilAsserted(() -> {
            assertThat(savedBytes()).isGreaterThanOrEqualTo(mebibytes * MEBIBYTE * (100 - TOLERANCE_PERCENT) / 100);
            assertThat(value(Knob.RUN)).isZero();
        });
    }

    void untilItHasLooked(int times) {
        int before = moments().size();
        within().until(() -> moments().size() >= before + times);
    }

    /** By the guests' page tables, whatever KSM counts. */
    static void assertSaves(GuestFleet fleet, long mebibytes) {
        assertThat(fleet.trueSavedBytes())
                .isCloseTo(mebibytes * MEBIBYTE, Percentage.withPercentage(TOLERANCE_PERCENT));
    }

    /** How often ksmd was started. */
    long boosts() {
        long boosts = 0;
        Phase before = Phase.REST;
        for (Moment moment : moments()) {
            if (moment.phase() == Phase.BOOST && before != Phase.BOOST) {
                boosts++;
            }
            before = moment.phase();
        }
        return boosts;
    }
}
