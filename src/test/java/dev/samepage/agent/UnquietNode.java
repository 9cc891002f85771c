package dev.samepage.agent;

import static java.util.Objects.requireNonNull;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmFiles;
import dev.samepage.kernel.UnmergeResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node that everything may happen to: its kernel, its disk, its clock, its API server and its agents are the test's to break. Whatever an
 * agent writes is told to the {@link NodeModel}. The journal is in memory, so that a thousand such nodes take seconds.
 */
final class UnquietNode {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** What is wrong with the disk that the journal is on. */
    enum Disk {
        WELL,
        FULL,
        READ_ONLY,
        UNREADABLE
    }

    final FakeKsm ksm;
    final SuddenDeath death = new SuddenDeath();

    private final Supplier<FakeKsm> kernel;
    private final NodeModel model = new NodeModel();
    private final FakeProc proc;
    private final Path procDirectory;
    private final Map<String, String> journal = new HashMap<>();
    private final Set<Knob> refused = new HashSet<>();

    private Disk disk = Disk.WELL;
    private UnmergeResult.@Nullable NotUnmerged nextUnmerge;
    private Knowledge truth = new Knowledge.Absent();
    private Knowledge heard = new Knowledge.Unknown();
    private boolean apiServerAnswers = true;
    private @Nullable Agent agent;
    private Duration passed = Duration.ZERO;
    private Duration clockStep = Duration.ZERO;
    private Duration absentSince = Duration.ZERO;

    /**
     * A node that was just booted.
     *
     * @param kernel with its defaults
     * @param proc where its /proc is to be
     */
    UnquietNode(Supplier<FakeKsm> kernel, Path proc) {
        this.kernel = kernel;
        ksm = kernel.get();
        procDirectory = proc;
        this.proc = new FakeProc(proc);
        this.proc.file("meminfo", "MemTotal: 1048576 kB\nMemAvailable: 524288 kB\n");
        this.proc.file("sys/kernel/osrelease", "6.18.0-test\n");
        boot(new UUID(0, 0));
        this.proc.kernelThreads();
    }

    private void boot(UUID id) {
        proc.file("sys/kernel/random/boot_id", id + "\n");
    }

    // What happens to it.

    void tell(KsmNodeSpec spec) {
        truth = new Knowledge.Present(spec, 1L, null);
    }

    void ksmNodeIsGone() {
        if (!(truth instanceof Knowledge.Absent)) {
            truth = new Knowledge.Absent();
            absentSince = passed;
        }
    }

    void apiServerAnswers(boolean answers) {
        apiServerAnswers = answers;
    }

    /** Somebody else writes. */
    void foreignWrite(Knob knob, long value) {
        if (knobs().containsKey(knob)) {
            ksm.with(knob, value);
        }
    }

    void refuse(Knob knob, Errno errno) {
        ksm.refuse(knob, errno);
        refused.add(knob);
    }

    void acceptEverything() {
        refused.forEach(ksm::accept);
        refused.clear();
    }

    void disk(Disk next) {
        disk = next;
    }

    void nextUnmerge(UnmergeResult.NotUnmerged result) {
        nextUnmerge = result;
    }

    void stepClock(Duration step) {
        clockStep = clockStep.plus(step);
    }

    /** ksmd merges, where it runs. */
    void merge(long pages) {
        if (ksm.value(Knob.RUN) == 1) {
            ksm.merge(pages);
        }
    }

    /** What is merged is so no more, because its owners are gone. */
    void guestsLeave() {
        ksm.with(Counter.PAGES_SHARED, 0).with(Counter.PAGES_SHARING, 0);
    }

    /**
     * The machine goes down and up again.
     *
     * @param boot another number than before
     * @param filesToo whether the journal is gone with it, as in /run
     */
    void reboot(int boot, boolean filesToo) {
        kill();
        FakeKsm fresh = kernel.get();
        for (Knob knob : new Ksm(fresh).knobs()) {
            ksm.with(knob, fresh.value(knob));
        }
        guestsLeave();
        boot(new UUID(0, boot));
        if (filesToo) {
            journal.clear();
        }
        model.rebooted(filesToo);
    }

    /** The agent is no more. */
    void kill() {
        agent = null;
        death.never();
    }

    boolean isAlive() {
        return agent != null;
    }

    void start() {
        heard = new Knowledge.Unknown();
        Host host = new Host(
                new Ksm(death.before(new WatchedKernel())),
                new HostProc(procDirectory),
                new Guests(procDirectory, clock()),
                this::unmerge,
                clock());
        agent = new Agent(
                "worker-3",
                host,
                death.before(new WatchedJournal()),
                new Told(),
                new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                () -> passed.toNanos(),
                new Activity());
    }

    /** A round of the agent, where there is one; it may not survive it. */
    Optional<KsmNodeStatus> round() {
        if (agent == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(agent.round());
        } catch (SuddenDeath.Killed killed) {
            kill();
            return Optional.empty();
        }
    }

    void pass(Duration time) {
        passed = passed.plus(time);
    }

    /** Hours in which nothing happens; then everything must be as it should. */
    void quiet() throws IOException {
        calm();
        apiServerAnswers = true;
        if (!isAlive()) {
            start();
        }
        hoursPass(truth);
    }

    /** The same after a new start, while the API server does not answer. */
    void quietWithoutApiServer() throws IOException {
        calm();
        apiServerAnswers = false;
        start();
        hoursPass(new Knowledge.Unknown());
    }

    private void calm() {
        acceptEverything();
        disk = Disk.WELL;
        nextUnmerge = null;
        death.never();
    }

    private void hoursPass(Knowledge known) throws IOException {
        KsmNodeStatus last = round().orElseThrow();
        for (int hour = 0; hour < 4; hour++) {
            for (int i = 0; i < 4; i++) {
                pass(Duration.ofSeconds(20));
                last = round().orElseThrow();
            }
            pass(Duration.ofHours(1));
        }
        boolean merged = !ksm.read(Counter.PAGES_SHARED.file()).equals("0");
        model.holds(known, knobs(), merged, requireNonNull(last.state()));
    }

    Map<Knob, Long> knobs() {
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        for (Knob knob : new Ksm(ksm).knobs()) {
            knobs.put(knob, ksm.value(knob));
        }
        return knobs;
    }

    private UnmergeResult unmerge(int reservePercent, Consumer<String> progress) {
        death.step();
        if (nextUnmerge != null) {
            UnmergeResult result = nextUnmerge;
            nextUnmerge = null;
            return result;
        }
        model.writes(heard, "run=2");
        try {
            ksm.write("run", "2");
        } catch (IOException e) {
            return new UnmergeResult.Refused(Errno.of(e), "as told");
        }
        death.step();
        return new UnmergeResult.Unmerged();
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return START.plus(passed).plus(clockStep);
            }
        };
    }

    /** An agent that runs knows what it heard last, also while the API server does not answer. */
    private final class Told implements ControlPlane {
        @Override
        public Knowledge knowledge() {
            if (apiServerAnswers) {
                heard = truth;
            }
            return heard;
        }

        @Override
        public void report(KsmNodeStatus status) {
            // Nobody reads it.
        }
    }

    /** Which files there are does not change, so that need not be asked of it each time. */
    private final class WatchedKernel implements KsmFiles {
        private final Map<String, Boolean> files = new HashMap<>();
        private final Map<String, Knob> knobs = new HashMap<>();

        WatchedKernel() {
            new Ksm(ksm).knobs().forEach(knob -> knobs.put(knob.file(), knob));
        }

        @Override
        public boolean exists(String file) {
            return files.computeIfAbsent(file, ksm::exists);
        }

        @Override
        public String read(String file) throws IOException {
            Knob knob = knobs.get(file);
            return knob == null ? ksm.read(file) : knob.text(ksm.value(knob));
        }

        @Override
        public void write(String file, String text) throws IOException {
            model.writes(heard, file + "=" + text);
            ksm.write(file, text);
        }

        @Override
        public void checkWritable(String file) throws IOException {
            ksm.checkWritable(file);
        }
    }

    private final class WatchedJournal implements StateFiles {
        @Override
        public Optional<String> read(String name) throws IOException {
            if (disk == Disk.UNREADABLE) {
                throw new IOException("Input/output error");
            }
            return Optional.ofNullable(journal.get(name));
        }

        @Override
        public void replace(String name, String content) throws IOException {
            switch (disk) {
                case FULL -> throw new IOException("No space left on device");
                case READ_ONLY -> throw new IOException("Read-only file system");
                case WELL, UNREADABLE -> journal.put(name, content);
            }
            if (name.equals("originals")) {
                model.saved(originals(content), knobs());
            } else {
                model.remembers(heard);
            }
        }

        @Override
        public String setAside(String name) {
            throw new AssertionError(name + " is not damaged: " + journal.get(name));
        }

        @Override
        public void delete(String name) throws IOException {
            if (disk == Disk.READ_ONLY) {
                throw new IOException("Read-only file system");
            }
            if (name.equals("originals")) {
                model.releases(heard, passed.minus(absentSince), knobs());
            } else {
                model.forgets();
            }
            journal.remove(name);
        }

        private Map<Knob, Long> originals(String text) {
            Map<Knob, Long> values = new EnumMap<>(Knob.class);
            for (Knob knob : Knob.values()) {
                text.lines()
                        .filter(line -> line.startsWith(knob.file() + " "))
                        .forEach(line -> values.put(
                                knob,
                                knob.parse(line.substring(knob.file().length() + 1))
                                        .orElseThrow()));
            }
            return values;
        }

        @Override
        public String toString() {
            return "/run/samepage";
        }
    }
}
