package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.OnRemoval;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.Strace;
import dev.samepage.testbed.SystemCall;
import dev.samepage.testbed.Trace;
import dev.samepage.testbed.UnavailableException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SIGKILL before every single file operation of the packaged agent, and after the last; then a new start. Which operations there are, strace
 * tells: whatever system call touches the state directory or KSM's directory and does not only read. The moment after one of them is the moment
 * before the next, since nothing happens to those directories in between; each run is held against the recording to see that it was killed just
 * there. KSM's directory is one of plain files: this machine's own is left alone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryFileOperationKernelTest {
    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // where it cannot be had, no test runs
    private Strace strace;

    @SuppressWarnings("NullAway.Init")
    private PackagedAgent agent;

    @BeforeAll
    void findStraceAndTrainTheAgent() throws IOException {
        try {
            strace = Strace.find();
        } catch (UnavailableException e) {
            System.err.printf("%n*** EveryFileOperationKernelTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        train();
    }

    private void train() throws IOException {
        assertThat(PackagedAgent.JARS.resolve("samepage.jar"))
                .as("what ./mvnw package leaves")
                .exists();
        Path training = Files.createDirectories(directory.toRealPath().resolve("training"));
        agent = PackagedAgent.in(training);
        agent.train(
                KilledRun.of(training.resolve("node"), KilledTask.APPLY::before).directory(), KilledTask.APPLY.told());
    }

    @Test
    void aCallThatAProgramIsKilledBeforeIsNotCarriedOut() throws IOException, InterruptedException {
        Path under = Files.createDirectories(directory.toRealPath().resolve("proof"));
        Path file = Files.writeString(under.resolve("file"), "old\n");
        List<String> program = List.of("/bin/sh", "-c", "echo new > " + file + "; rm " + file);
        Trace recorded = strace.record(program, under, logs("proof", "recorded"), logs("proof", "output"));
        Files.writeString(file, "old\n");
        SystemCall write = recorded.operations().stream()
                .filter(call -> call.name().equals("write"))
                .findFirst()
                .orElseThrow();

        strace.kill(recorded, write, program, under, logs("proof", "killed"), logs("proof", "output"));

        assertThat(file).as("truncated by the call before it, and not written").isEmptyFile();
    }

    @ParameterizedTest
    @EnumSource
    void anAgentThatIsKilledAtAnyFileOperationIsGoneOnWith(KilledTask task)
            throws IOException, InterruptedException, ExecutionException {
        Path recording = Files.createDirectories(directory.toRealPath().resolve(task.name() + "-recording"));
        KilledRun whole = KilledRun.of(recording.resolve("node"), task::before);
        Trace recorded = strace.record(
                agent.run(whole.directory(), task.told()),
                whole.directory(),
                recording.resolve("trace"),
                recording.resolve("output"));
        assertThat(whole.files())
                .as("settings after the run that was not killed")
                .containsAllEntriesOf(withoutAdvised(task.specified()));
        List<SystemCall> operations = operations(recorded);

        List<Future<?>> kills = new ArrayList<>();
        try (ExecutorService runs =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (int i = 0; i < operations.size(); i++) {
                int index = i;
                kills.add(runs.submit(() -> {
                    killBefore(task, recorded, operations, index);
                    return index;
                }));
            }
            goOn(task, whole, recorded, task + " that was killed after its last operation");
            for (Future<?> kill : kills) {
                kill.get();
            }
        }
        System.out.printf(
                "%s: killed before each of its %d file operations and after the last, started again: all as specified%n",
                task, operations.size());
    }

    private void killBefore(KilledTask task, Trace recorded, List<SystemCall> operations, int index)
            throws IOException, InterruptedException {
        SystemCall operation = operations.get(index);
        String when = task + " that was killed before operation " + (index + 1) + ", " + recorded.describe(operation);
        Path place = Files.createDirectories(directory.toRealPath().resolve(task.name() + "-" + index));
        KilledRun run = KilledRun.of(place.resolve("node"), task::before);
        Trace killed = strace.kill(
                recorded,
                operation,
                agent.run(run.directory(), task.told()),
                run.directory(),
                place.resolve("trace"),
                place.resolve("output"));

        List<SystemCall> now = operations(killed);
        assertThat(now.stream().map(killed::describe))
                .as("what was done of %s", when)
                .isEqualTo(operations.stream()
                        .limit(index + 1)
                        .map(recorded::describe)
                        .toList());
        assertThat(now.stream().filter(call -> !call.ended()))
                .as("what was begun and not carried out of %s", when)
                .containsExactly(now.getLast());
        goOn(task, run, killed, when);
    }

    /** Those of the agent itself. Its child has a test of its own. */
    private static List<SystemCall> operations(Trace trace) {
        return trace.operations().stream()
                .filter(call -> call.task() == trace.mainTask())
                .toList();
    }

    /** New agents on what a run has left: told the same; without an API server first; with the policy gone. */
    private static void goOn(KilledTask task, KilledRun run, Trace trace, String when) throws IOException {
        NodeUnderTest same = run.after(trace, run.directory().resolveSibling("same"), task::before);
        assertNothingIsLost(same, when);
        try (Closeable _ = new StateDirectory(same.state).tryLock().orElseThrow()) {
            same.tell(task.told());
            assertThat(same.settle(same.start()).state())
                    .as("state after %s", when)
                    .isEqualTo(task.state());
            assertThat(same.knobs()).as("settings after %s", when).isEqualTo(task.specified());
            if (task == KilledTask.UNMERGE) {
                assertThat(same.ksm.read("ksm_zero_pages"))
                        .as("still merged after %s", when)
                        .isEqualTo("0");
            }
        }
        release(same, when);

        NodeUnderTest alone = run.after(trace, run.directory().resolveSibling("alone"), task::before);
        alone.settle(alone.start());
        assertNothingIsLost(alone, when + ", and started without an API server");
        release(alone, when + ", and started without an API server");

        NodeUnderTest gone = run.after(trace, run.directory().resolveSibling("gone"), task::before);
        release(gone, when);
    }

    /** A knob that is not as it was found has its original in the journal, and no original in the journal is any other. */
    private static void assertNothingIsLost(NodeUnderTest node, String when) throws IOException {
        Map<String, String> originals = KilledRun.originals(node.state);
        Map<Knob, Long> now = node.knobs();
        KilledTask.FOUND.forEach((knob, found) -> {
            String original = originals.get(knob.file());
            if (original == null) {
                assertThat(now.get(knob))
                        .as("%s, of which no original was saved, after %s", knob.file(), when)
                        .isEqualTo(found);
            } else {
                assertThat(original)
                        .as("the original of %s after %s", knob.file(), when)
                        .isEqualTo(knob.text(found));
            }
        });
    }

    private static void release(NodeUnderTest node, String when) {
        node.tell(NodeUnderTest.released(OnRemoval.RESTORE, NodeUnderTest.ALLOWED));
        node.settle(node.start());
        assertThat(node.knobs())
                .as("settings after the removal, after %s", when)
                .isEqualTo(KilledTask.FOUND);
        assertThat(node.state.resolve("originals"))
                .as("originals after the removal, after %s", when)
                .doesNotExist();
        assertThat(node.state.resolve("spec.json"))
                .as("spec after the removal, after %s", when)
                .doesNotExist();
    }

    @Test
    void anAgentWhoseChildIsKilledAtAnyFileOperationGoesOn() throws IOException, InterruptedException {
        KilledTask task = KilledTask.UNMERGE;
        Path recording = Files.createDirectories(directory.toRealPath().resolve(task.name() + "-child-recording"));
        KilledRun whole = KilledRun.of(recording.resolve("node"), task::before);
        Trace recorded = strace.record(
                agent.run(whole.directory(), task.told()),
                whole.directory(),
                recording.resolve("trace"),
                recording.resolve("output"));
        List<SystemCall> operations = recorded.operations().stream()
                .filter(call -> call.task() != recorded.mainTask())
                .toList();
        assertThat(operations.stream().map(recorded::describe))
                .as("what the child does")
                .containsExactly("openat ksm/run", "write ksm/run", "close ksm/run");

        for (SystemCall operation : operations) {
            String when = task + " whose child was killed before " + recorded.describe(operation);
            Path place = Files.createDirectories(
                    directory.toRealPath().resolve(task.name() + "-child-" + operations.indexOf(operation)));
            KilledRun run = KilledRun.of(place.resolve("node"), task::before);
            Path home = javaThatIsKilledOnce(place, recorded, operation, run.directory());
            new Command(
                            agent.run(run.directory(), task.told(), "-D" + AgentOnFiles.CHILDS_JAVA_HOME + "=" + home),
                            Map.of("LC_ALL", "C.UTF-8"))
                    .run()
                    .orThrow();

            List<SystemCall> done =
                    Trace.read(place.resolve("child"), run.directory()).operations();
            assertThat(done).as("what the killed child did").hasSize(operations.indexOf(operation) + 1);
            assertThat(done.getLast().ended()).as("whether it was carried out").isFalse();
            assertThat(run.files()).as("settings after %s", when).isEqualTo(withoutAdvised(task.specified()));
        }
        System.out.printf(
                "%s: its child killed before each of its %d file operations: all as specified%n",
                task, operations.size());
    }

    /** A Java home like this one, but its {@code java} is killed before that operation the first time. */
    private static Path javaThatIsKilledOnce(Path place, Trace recorded, SystemCall operation, Path under)
            throws IOException {
        Path real = Path.of(System.getProperty("java.home"));
        Path home = Files.createDirectory(place.resolve("home"));
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(real)) {
            for (Path part : parts) {
                if (!part.endsWith("bin")) {
                    Files.createSymbolicLink(home.resolve(part.getFileName()), part);
                }
            }
        }
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        String strace = String.join(" ", Strace.killing(recorded, operation, under, place.resolve("child")));
        Files.writeString(java, """
                #!/bin/sh
                PATH=/usr/bin:/bin
                java=%s/bin/java
                if mkdir %s 2>/dev/null; then exec %s $java "$@"; fi
                exec $java "$@"
                """.formatted(real, place.resolve("killed"), strace));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private static Path logs(String place, String name) throws IOException {
        return Files.createDirectories(directory.toRealPath().resolve(place + "-logs"))
                .resolve(name);
    }

    /** Plain files reset nothing by themselves. */
    private static Map<Knob, Long> withoutAdvised(Map<Knob, Long> settings) {
        Map<Knob, Long> rest = new EnumMap<>(settings);
        if (Optional.ofNullable(settings.get(Knob.ADVISOR_MODE)).orElse(0L) == 1) {
            rest.remove(Knob.PAGES_TO_SCAN);
        }
        return rest;
    }
}
