package dev.samepage.bench;

import dev.samepage.demo.RealHost;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.KsmKeeper;
import dev.samepage.kernel.KsmLoan;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.guests.GuestKind;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One tuner on one scenario, from the kernel's defaults to the kernel's defaults: this machine's KSM is borrowed for just that time, and given
 * back also where this process is killed.
 */
final class Trial {
    private static final Path PROC = Path.of("/proc");
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Duration SAMPLE_EVERY = Duration.ofMillis(500);
    /** A look at the guests' page tables takes the kernel tens of milliseconds, so they are looked at every 2 s only. */
    private static final int TRUE_SAVING_EVERY_SAMPLES = 4;

    private final Scenario scenario;
    private final Schedule schedule;
    private final Duration length;
    private final HostProc proc = new HostProc(PROC);
    private final Machine machine = new Machine(PROC);
    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final long pageBytes = proc.pageSizeBytes();
    private final Oracle oracle = new Oracle(PROC, Math.toIntExact(pageBytes));

    Trial(Scenario scenario, Duration length) {
        this.scenario = scenario;
        this.schedule = scenario.schedule(length);
        this.length = length;
    }

    /**
     * Runs it.
     *
     * @param run counted from 1
     * @param say given a line for a person
     * @throws UnavailableException if this machine lacks what it takes
     */
    TrialResult run(Tuner tuner, int run, Consumer<String> say)
            throws IOException, UnavailableException, InterruptedException {
        GuestKind kind = scenario.guests();
        try (RealHost host = RealHost.take(say)) {
            KsmLoan loan = host.loan();
            if (loan.mergedAtFirst() > 0) {
                throw new UnavailableException(loan.mergedAtFirst()
                        + " pages of this host are merged already, and the benchmark would un-merge them.");
            }
            try (KsmKeeper _ = new KsmKeeper(loan.found());
                    Closeable _ = () -> restore(loan)) {
                loan.startAnew();
                double loadBefore = machine.load();
                try (Stage stage = Stage.open(kind, schedule)) {
                    return watch(stage, tuner, run, loadBefore);
                }
            }
        }
    }

    private static void restore(KsmLoan loan) throws IOException {
        loan.startAnew();
        loan.restore();
    }

    private TrialResult watch(Stage stage, Tuner tuner, int run, double loadBefore)
            throws IOException, InterruptedException {
        Oracle.Finding atStart = oracle.ask(stage.pids());
        var watch = new Watch(stage);
        try (Tuner.AtWork work = tuner.start(ksm)) {
            watch.follow(work);
        }
        Tuner.write(ksm, Map.of(Knob.RUN, 0L));
        stage.checkComplete();
        Oracle.Finding atEnd = oracle.ask(stage.pids());
        Ideal ideal = scenario.memory()
                .<Ideal>map(memory -> new Ideal.OfKnownContent(memory, pageBytes))
                .orElseGet(() -> new Ideal.OfHashes(atStart.idealBytes(), atEnd.idealBytes(), length));
        List<Sample> samples = watch.seen.stream()
                .map(seen -> new Sample(seen, ideal.bytesAt(seen.at(), seen.guests())))
                .toList();
        return new TrialResult(
                scenario, run, tuner.name(), samples, atStart, atEnd, loadBefore, watch.meanTrueSavingMillis());
    }

    /** Looks at one tuner's work from beginning to end. */
    private final class Watch {
        private final Stage stage;
        private final List<Observation> seen = new ArrayList<>();
        private final double ksmdCpuBefore;
        private final double machineCpuBefore;
        private final long start;
        private long trueSavingNanos;
        private int trueSavings;

        Watch(Stage stage) throws IOException {
            this.stage = stage;
            this.ksmdCpuBefore = ksmdCpuSeconds();
            this.machineCpuBefore = machine.cpuSeconds();
            this.start = System.nanoTime();
        }

        void follow(Tuner.AtWork work) throws IOException, InterruptedException {
            Duration due = Duration.ZERO;
            for (int number = 0; due.compareTo(length) <= 0; number++) {
                TimeUnit.NANOSECONDS.sleep(due.minus(passed()).toNanos());
                stage.play(due);
                seen.add(look(work, number % TRUE_SAVING_EVERY_SAMPLES == 0));
                due = due.plus(SAMPLE_EVERY);
            }
        }

        private Observation look(Tuner.AtWork work, boolean atPageTables) throws IOException {
            Duration at = passed();
            long savedBytes = ksm.counters().savedBytes(pageBytes);
            return new Observation(
                    at,
                    stage.ready(),
                    savedBytes,
                    atPageTables ? OptionalLong.of(trueSavedBytes()) : OptionalLong.empty(),
                    ksmdCpuSeconds() - ksmdCpuBefore,
                    work.ownCpuSeconds(),
                    machine.cpuSeconds() - machineCpuBefore,
                    machine.load());
        }

        private long trueSavedBytes() {
            long before = THREADS.getCurrentThreadCpuTime();
            long bytes = stage.trueSavedBytes();
            trueSavingNanos += THREADS.getCurrentThreadCpuTime() - before;
            trueSavings++;
            return bytes;
        }

        private double meanTrueSavingMillis() {
            return trueSavings == 0 ? 0 : trueSavingNanos / 1e6 / trueSavings;
        }

        private Duration passed() {
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private double ksmdCpuSeconds() {
        return proc.ksmdCpuNanos().orElseThrow(() -> new IllegalStateException("ksmd is not to be seen in " + PROC))
                / 1e9;
    }
}
