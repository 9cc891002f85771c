package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.Strace;
import dev.samepage.testbed.SystemCall;
import dev.samepage.testbed.Trace;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
class EveryFileOperationFaultTest {
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
            System.err.printf("%n*** EveryFileOperationFaultTest WAS NOT RUN: %s%n%n", e.getMessage());
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
        Path logs = Files.createDirectories(directory.toRealPath().resolve("proof-logs"));
        Path under = Files.createDirectories(logs.resolveSibling("proof"));
        Path file = Files.writeString(under.resolve("file"), "old\n");
        List<String> program = List.of("/bin/sh", "-c", "echo new > " + file + "; rm " + file);
        Trace recorded = strace.record(program, under, logs.resolve("recorded"), logs.resolve("output"));
        Files.writeString(file, "old\n");
        SystemCall write = recorded.operations().stream()
                .filter(call -> call.name().equals("write"))
                .findFirst()
                .orElseThrow();

        strace.kill(recorded, write, program, under, logs.resolve("killed"), logs.resolve("output"));

        assertThat(file).as("truncated by the call before it, and not written").isEmptyFile();
    }

    @ParameterizedTest
    @EnumSource
    void anAgentThatIsKilledAtAnyFileOperationIsGoneOnWith(KilledTask task)
            throws IOException, InterruptedException, ExecutionException {
        KilledRun whole = node(task, "recording");
        Trace recorded = record(task, whole);
        assertThat(whole.files())
                .as("settings after the run that was not killed")
                .containsAllEntriesOf(task.specifiedOfPlainFiles());
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
            new Aftermath(task, whole, recorded, task + " that was killed after its last operation").isGoneOnWith();
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
        KilledRun run = node(task, "killed-" + index);
        Path under = run.directory();
        Trace killed = strace.kill(
                recorded,
                operation,
                agent.run(under, task.told()),
                under,
                under.resolveSibling("trace"),
                under.resolveSibling("output"));

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
        new Aftermath(task, run, killed, when).isGoneOnWith();
    }

    /** Those of the agent itself. Its child has a test of its own. */
    private static List<SystemCall> operations(Trace trace) {
        return trace.operations().stream()
                .filter(call -> call.task() == trace.mainTask())
                .toList();
    }

    @Test
    void anAgentWhoseChildIsKilledAtAnyFileOperationGoesOn() throws IOException, InterruptedException {
        KilledTask task = KilledTask.UNMERGE;
        Trace recorded = record(task, node(task, "child-recording"));
        List<SystemCall> operations = recorded.operations().stream()
                .filter(call -> call.task() != recorded.mainTask())
                .toList();
        assertThat(operations.stream().map(recorded::describe))
                .as("what the child does")
                .containsExactly("openat ksm/run", "write ksm/run", "close ksm/run");

        for (int i = 0; i < operations.size(); i++) {
            String when = task + " whose child was killed before " + recorded.describe(operations.get(i));
            KilledRun run = node(task, "child-killed-" + i);
            Path under = run.directory();
            Path log = under.resolveSibling("child");
            Path home = JavaKilledOnce.at(
                    under.resolveSibling("home"), Strace.killing(recorded, operations.get(i), under, log));
            new Command(
                            agent.run(under, task.told(), "-D" + AgentOnFiles.CHILDS_JAVA_HOME + "=" + home),
                            Map.of("LC_ALL", "C.UTF-8"))
                    .run()
                    .orThrow();

            List<SystemCall> done = Trace.read(log, under).operations();
            assertThat(done).as("what the killed child did").hasSize(i + 1);
            assertThat(done.getLast().ended()).as("whether it was carried out").isFalse();
            assertThat(run.files()).as("settings after %s", when).isEqualTo(task.specifiedOfPlainFiles());
        }
        System.out.printf(
                "%s: its child killed before each of its %d file operations: all as specified%n",
                task, operations.size());
    }

    /** A node as the task finds it. What tells of a run there is put beside it. */
    private static KilledRun node(KilledTask task, String name) throws IOException {
        return KilledRun.of(
                directory.toRealPath().resolve(task.name() + "-" + name).resolve("node"), task::before);
    }

    private Trace record(KilledTask task, KilledRun run) throws IOException, InterruptedException {
        Path under = run.directory();
        return strace.record(
                agent.run(under, task.told()), under, under.resolveSibling("trace"), under.resolveSibling("output"));
    }
}
