package dev.samepage.agent;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.Fixed;
import dev.samepage.api.KernelAdvisor;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.Tunables;
import dev.samepage.api.Unmerge;
import dev.samepage.kernel.FakeKsm;
import dev.samepage.kernel.FakeProc;
import dev.samepage.kernel.Guests;
import dev.samepage.kernel.HostProc;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmFiles;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.Unmerger;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node with a fake kernel, a journal in a real directory, and a clock that stands still until it is moved. */
final class NodeUnderTest implements ControlPlane {
    static final OnRemoval RESTORE = OnRemoval.RESTORE;
    static final Unmerge ALLOWED = new Unmerge(true, 10);
    static final Unmerge FORBIDDEN = new Unmerge(false, 10);

    private static final long TOTAL_KIBIBYTES = 1L << 20;
    private static final int GUEST = 100;

    final FakeKsm ksm;
    final SuddenDeath death = new SuddenDeath();
    final Path state;
    final Activity activity = new Activity();
    final List<KsmNodeStatus> reports = new ArrayList<>();

    /** Whether the journal has room for no byte more. */
    boolean diskIsFull;

    private final Path proc;
    private final NodeClock clock = new NodeClock();
    private UnmergeResult.@Nullable NotUnmerged nextUnmerge;
    private UnmergeResult.@Nullable NotUnmerged everyUnmerge;
    private Runnable whileUnmerging = () -> {};
    private Knowledge knowledge = new Knowledge.Unknown();
    private boolean statusIsKept = true;

    NodeUnderTest(FakeKsm ksm, Path directory) {
        this.ksm = ksm;
        proc = directory.resolve("proc");
        state = directory.resolve("state");
        FakeProc files = new FakeProc(proc);
        files.memory(TOTAL_KIBIBYTES, TOTAL_KIBIBYTES / 2);
        files.file("sys/kernel/osrelease", "6.18.0-test\n");
        files.file("sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555\n");
        files.kernelThreads();
    }

    /** A process that offers its memory for merging. */
    void guestComes() {
        FakeProc files = new FakeProc(proc);
        files.process(GUEST, "qemu-system-x86", 1);
        files.ksmStat(GUEST, 1, "no", "yes");
    }

    void guestLeaves() {
        new FakeProc(proc).end(GUEST);
    }

    void availableKibibytes(long available) {
        new FakeProc(proc).memory(TOTAL_KIBIBYTES, available);
    }

    /** Another boot of the same node. */
    void reboot() {
        new FakeProc(proc).file("sys/kernel/random/boot_id", "99999999-2222-3333-4444-555555555555\n");
    }

    /** The agent as it starts, knowing nothing but what is in the state directory. */
    Agent start() {
        return start(death.before(ksm));
    }

    /** The same with the kernel's files as they are given. */
    Agent start(KsmFiles files) {
        return start(files, this);
    }

    /** The same, told by somebody else what to do. */
    Agent start(KsmFiles files, ControlPlane controlPlane) {
        return start(files, controlPlane, new FullDisk(new StateDirectory(state), () -> diskIsFull));
    }

    private Agent start(KsmFiles files, ControlPlane controlPlane, StateFiles journal) {
        Host host = new Host(new Ksm(files), new HostProc(proc), new Guests(proc, clock), this::unmerge, clock);
        return new Agent(
                "worker-3",
                host,
                death.before(journal),
                controlPlane,
                new ReportSchedule(Duration.ofMinutes(5), () -> 0.5),
                clock::nanoTime,
                activity);
    }

    /** The same with the journal where it is given. */
    Agent start(StateFiles journal) {
        return start(death.before(ksm), this, journal);
    }

    /** What happens in each un-merge after it has begun. */
    void whileUnmerging(Runnable event) {
        whileUnmerging = event;
    }

    /** What comes of the next un-merge, in which the kernel then does nothing. */
    void nextUnmerge(UnmergeResult.NotUnmerged result) {
        nextUnmerge = result;
    }

    /** What comes of each un-merge for which {@link #nextUnmerge} says nothing; the kernel does nothing then. */
    void everyUnmerge(UnmergeResult.NotUnmerged result) {
        everyUnmerge = result;
    }

    private UnmergeResult unmerge(int reservePercent, boolean onlyIfGuestsGone, Unmerger.Caller caller) {
        death.step();
        UnmergeResult result = nextUnmerge != null ? nextUnmerge : everyUnmerge;
        nextUnmerge = null;
        if (result instanceof UnmergeResult.TooLittle) {
            return result;
        }
        if (!caller.begins(0)) {
            return new UnmergeResult.CalledOff();
        }
        whileUnmerging.run();
        if (!caller.stillWants()) {
            return new UnmergeResult.CalledOff();
        }
        if (result != null) {
            return result;
        }
        try {
            ksm.write("run", "2");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        death.step();
        return new UnmergeResult.Unmerged();
    }

    void pass(Duration time) {
        clock.pass(time);
    }

    /** Somebody sets the node's clock; the time that has passed is none the longer for it. */
    void setClock(Duration step) {
        clock.set(step);
    }

    /** Runs rounds, ten seconds apart, for as long as refusals and crashes may need. */
    KsmNodeStatus settle(Agent agent) {
        KsmNodeStatus last = agent.round();
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(10));
            last = agent.round();
        }
        return last;
    }

    void tell(KsmNodeSpec spec) {
        knowledge = new Knowledge.Present(spec, 1L, null);
    }

    void ksmNodeIsGone() {
        knowledge = new Knowledge.Absent();
    }

    /** The API server refuses each status. */
    void statusIsRefused() {
        statusIsKept = false;
    }

    void apiServerIsGone() {
        knowledge = new Knowledge.Unknown();
    }

    @Override
    public Knowledge knowledge() {
        return knowledge instanceof Knowledge.Present(KsmNodeSpec spec, Long generation, KsmNodeStatus none)
                ? new Knowledge.Present(spec, generation, reports.isEmpty() || !statusIsKept ? null : reports.getLast())
                : knowledge;
    }

    @Override
    public void report(KsmNodeStatus status) {
        reports.add(status);
    }

    Map<Knob, Long> knobs() {
        return ksm.knobs();
    }

    /** What a status says under one of its conditions. */
    static Condition condition(KsmNodeStatus status, String type) {
        return status.conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no condition " + type + " in " + status));
    }

    static KsmNodeSpec fixed(int pages, int sleep) {
        return covered(Mode.FIXED, new Fixed(pages, sleep), null, null, FORBIDDEN);
    }

    static KsmNodeSpec fixed(int pages, int sleep, Tunables tunables, Unmerge unmerge) {
        return covered(Mode.FIXED, new Fixed(pages, sleep), null, tunables, unmerge);
    }

    static KsmNodeSpec advisor() {
        return covered(Mode.KERNEL_ADVISOR, null, new KernelAdvisor(100, 50, 600, 20_000), null, FORBIDDEN);
    }

    static KsmNodeSpec mode(Mode mode, Unmerge unmerge) {
        return covered(mode, null, null, null, unmerge);
    }

    /** As an operator of a newer version may ask for. */
    static KsmNodeSpec unknownMode() {
        return new KsmNodeSpec(
                new KsmNodeSpec.PolicyReference("p", 1L),
                new Settings(null, null, null, null, null),
                FORBIDDEN,
                RESTORE,
                "unknown-mode");
    }

    static KsmNodeSpec covered(
            Mode mode,
            @Nullable Fixed fixed,
            @Nullable KernelAdvisor advisor,
            @Nullable Tunables tunables,
            Unmerge unmerge) {
        Settings settings = new Settings(mode, fixed, advisor, null, tunables);
        return new KsmNodeSpec(
                new KsmNodeSpec.PolicyReference("p", 1L),
                settings,
                unmerge,
                RESTORE,
                Integer.toHexString(settings.hashCode()));
    }

    static KsmNodeSpec released(OnRemoval onRemoval, Unmerge unmerge) {
        return new KsmNodeSpec(null, null, unmerge, onRemoval, "released-" + onRemoval);
    }
}
