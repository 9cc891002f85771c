package dev.samepage.agent;

import dev.samepage.api.KsmNodeStatus;
import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.Unmerger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node that everything may happen to: its kernel, its disk, its clock, its API server and its agents are the test's to break. Whatever an
 * agent writes is held against the {@link NodeModel}. The journal is in memory, so that a thousand such nodes take seconds.
 */
final class UnquietNode {
    private static final int MERGED_GUEST = 100;
    private static final int ARRIVAL = 200;

    final NodeClock clock = new NodeClock();
    final SilentControlPlane controlPlane = new SilentControlPlane(clock);

    private final Supplier<FakeKsm> kernel;
    private final FakeKsm ksm;
    private final FakeProc proc;
    private final Path procDirectory;
    private final NodeModel model;
    private final WatchedJournal journal;
    private final SuddenDeath death = new SuddenDeath();
    private final Set<Knob> refused = new HashSet<>();

    private UnmergeResult.@Nullable NotUnmerged nextUnmerge;
    private @Nullable Agent agent;
    private boolean hasMergedGuest;
    private boolean hasArrival;
    private int deaths;
    private int foreignChanges;

    /**
     * A node that was just booted. No agent runs there yet.
     *
     * @param kernel with its defaults
     * @param proc where its /proc is to be
     */
    UnquietNode(Supplier<FakeKsm> kernel, Path proc) {
        this.kernel = kernel;
        ksm = kernel.get();
        model = new NodeModel(ksm, controlPlane);
        journal = new WatchedJournal(model);
        procDirectory = proc;
        this.proc = new FakeProc(proc);
        this.proc.memory(1L << 20, 1L << 19);
        this.proc.file("sys/kernel/osrelease", "6.18.0-test\n");
        this.proc.kernelThreads();
        bootId(0);
    }

    private void bootId(int boot) {
        proc.file("sys/kernel/random/boot_id", new UUID(0, boot) + "\n");
    }

    Map<Knob, Long> knobs() {
        return ksm.knobs();
    }

    /** How often an agent has died at one of its writes. */
    int deaths() {
        return deaths;
    }

    /** How often Adaptive has sent ksmd in. */
    int boosts() {
        return model.boosts();
    }

    /** How many settings others have changed, those left out that had the value already or that this kernel lacks. */
    int foreignChanges() {
        return foreignChanges;
    }

    // What the kernel and others do.

    /** Somebody else writes. */
    void foreignWrite(Knob knob, long value) {
        Long before = knobs().get(knob);
        if (before != null && before != value) {
            ksm.with(knob, value);
            foreignChanges++;
        }
    }

    /** The kernel's advisor, where it is on, chooses another rate. */
    void advisorTurns(long pagesToScan) {
        if (Objects.equals(knobs().get(Knob.ADVISOR_MODE), 1L)) {
            ksm.with(Knob.PAGES_TO_SCAN, pagesToScan);
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

    /** ksmd merges, where it runs, what a guest has. */
    void merge(long pages) {
        if (ksm.value(Knob.RUN) == 1) {
            ksmdPasses();
            ksm.merge(pages);
            proc.process(MERGED_GUEST, "qemu-system-x86", 1);
            proc.merged(MERGED_GUEST, 2 * pages, 0);
            hasMergedGuest = true;
        }
    }

    /** A guest is there of which ksmd has seen nothing. */
    void guestArrives() {
        proc.process(ARRIVAL, "qemu-system-x86", 1);
        proc.ksmStat(ARRIVAL, 0, "no", "yes");
        proc.file(ARRIVAL + "/statm", "300000 200000 1000 0 0 0 0\n");
        hasArrival = true;
    }

    /** Nobody has any of what is merged; the kernel counts it until ksmd passes or everything is un-merged. */
    void guestsLeave() {
        if (hasMergedGuest) {
            proc.end(MERGED_GUEST);
            hasMergedGuest = false;
        }
        if (hasArrival) {
            proc.end(ARRIVAL);
            hasArrival = false;
        }
    }

    private boolean hasGuests() {
        return hasMergedGuest || hasArrival;
    }

    /** ksmd lets go of what nobody has any more. */
    private void ksmdPasses() {
        if (!hasMergedGuest && ksm.value(Knob.RUN) == 1) {
            nothingIsMerged();
        }
    }

    private void nothingIsMerged() {
        ksm.with(Counter.PAGES_SHARED, 0).with(Counter.PAGES_SHARING, 0);
    }

    /** What comes of the next un-merge, in which the kernel then does nothing. */
    void nextUnmerge(UnmergeResult.NotUnmerged result) {
        nextUnmerge = result;
    }

    // What the machine goes through.

    void disk(WatchedJournal.Disk disk) {
        journal.disk(disk);
    }

    /** Of the originals in the journal so many lines are left, or, where that is less than two, only nonsense. */
    void damageOriginals(int lines) {
        if (lines < 2) {
            journal.spoil("originals");
        } else {
            journal.cutOriginals(lines);
        }
    }

    void damageSpec() {
        journal.spoil("spec.json");
    }

    /**
     * The machine goes down and up again.
     *
     * @param boot another number than before, above 0
     * @param journalToo whether the journal is gone with it, as in /run
     */
    void reboot(int boot, boolean journalToo) {
        kill();
        kernel.get().knobs().forEach(ksm::with);
        guestsLeave();
        nothingIsMerged();
        bootId(boot);
        if (journalToo) {
            journal.clear();
        }
        model.reboots(journalToo);
    }

    // What becomes of the agent.

    boolean isAlive() {
        return agent != null;
    }

    /** It may not survive the reading of a damaged journal. */
    void start() {
        controlPlane.agentStarts();
        model.agentStarts();
        Host host = new Host(
                new Ksm(death.before(new WatchedKernel(ksm, model))),
                new HostProc(procDirectory),
                new Guests(procDirectory, clock),
                this::unmerge,
                clock);
        try {
            agent = new Agent(
                    "worker-3",
                    host,
                    death.before(journal),
                    controlPlane,
                    new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                    clock::nanoTime,
                    new Activity());
        } catch (SuddenDeath.Killed killed) {
            deaths++;
            kill();
        }
    }

    void kill() {
        agent = null;
        death.never();
    }

    /** The agent dies at its write of that number from now on, from 1. */
    void killAtStep(int step) {
        death.atStep(step);
    }

    /** A round of the agent, where there is one; it may not survive it. */
    Optional<KsmNodeStatus> round() {
        ksmdPasses();
        if (agent == null) {
            return Optional.empty();
        }
        try {
            boolean kernelWorks = refused.isEmpty() && nextUnmerge == null;
            KsmNodeStatus status = agent.round();
            model.roundEnds(journal.works(), kernelWorks);
            return Optional.of(status);
        } catch (SuddenDeath.Killed killed) {
            deaths++;
            kill();
            return Optional.empty();
        }
    }

    private UnmergeResult unmerge(int reservePercent, boolean onlyIfGuestsGone, Unmerger.Caller caller) {
        death.step();
        if (nextUnmerge != null) {
            UnmergeResult result = nextUnmerge;
            nextUnmerge = null;
            return result instanceof UnmergeResult.TooLittle || caller.begins(0)
                    ? result
                    : new UnmergeResult.CalledOff();
        }
        if (!caller.begins(0)) {
            return new UnmergeResult.CalledOff();
        }
        model.writes("run=2");
        try {
            ksm.write("run", "2");
        } catch (IOException e) {
            return new UnmergeResult.Refused(Errno.of(e), "as told");
        }
        death.step();
        return new UnmergeResult.Unmerged();
    }

    // When nothing happens any more.

    /** Hours in which nothing happens; then everything must be as it should. */
    void quiet() {
        calm();
        controlPlane.answers(true);
        if (!isAlive()) {
            start();
        }
        model.holds(controlPlane.truth(), hoursPass(), hasGuests());
    }

    /** The same after a new start, while the API server does not answer. */
    void quietWithoutApiServer() {
        calm();
        controlPlane.answers(false);
        start();
        model.holds(controlPlane.heard(), hoursPass(), hasGuests());
    }

    private void calm() {
        acceptEverything();
        journal.disk(WatchedJournal.Disk.WELL);
        nextUnmerge = null;
        death.never();
    }

    /** Rounds for as long as pauses after refusals and giving way to others may last; what the agent says in the end. */
    private KsmNodeStatus hoursPass() {
        KsmNodeStatus last = round().orElseThrow();
        for (int hour = 0; hour < 4; hour++) {
            for (int i = 0; i < 4; i++) {
                clock.pass(Duration.ofSeconds(20));
                last = round().orElseThrow();
            }
            clock.pass(Duration.ofHours(1));
        }
        return last;
    }
}
