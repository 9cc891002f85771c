package dev.samepage.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.samepage.agent.Activity;
import dev.samepage.agent.Agent;
import dev.samepage.agent.Host;
import dev.samepage.agent.ReportSchedule;
import dev.samepage.agent.StateDirectory;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicySpec;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code samepage local}: a policy on this host, without Kubernetes. */
@Command(
        name = "local",
        description =
                "Applies a policy file to this host, without an API server, whatever its nodeSelector says. Prints a line"
                        + " whenever something changes and a report at the end; then ends as if the policy were removed (onRemoval)."
                        + " Ctrl-C ends it early in the same way.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class LocalCommand implements Callable<Integer> {
    private static final Duration BEAT = Duration.ofSeconds(1);

    enum Output {
        TEXT,
        JSON
    }

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "A file with one KsmPolicy.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long, for example 60s or 2h (default: until Ctrl-C).")
    private @Nullable Duration length;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            defaultValue = "text",
            description =
                    "The form of the report: text, or json with the fields of a KsmNode's status; the lines before it"
                            + " then go to standard error (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Output output;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private HostOptions hostOptions;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = command.commandLine().getErr();
        KsmPolicySpec policy;
        try {
            policy = PolicyFile.read(file);
        } catch (PolicyFile.Unusable e) {
            err.println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        Clock clock = Clock.system(ZoneId.systemDefault());
        Host host = hostOptions.host(clock);
        Optional<String> unavailable = host.unavailable();
        if (unavailable.isPresent()) {
            err.println(unavailable.orElseThrow());
            return Samepage.NO_KSM;
        }
        StateDirectory state = hostOptions.stateDirectory();
        Optional<Closeable> lock;
        try {
            lock = state.tryLock();
        } catch (IOException e) {
            err.println("Nothing is changed on this host, because the settings it was found with could not be saved in "
                    + state + ": " + e + ". Make it writable, or name another directory with --state.");
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (lock.isEmpty()) {
            err.println(
                    "Another samepage works on this host: it holds " + state + "/lock. Stop it first, or wait for it.");
            return CommandLine.ExitCode.SOFTWARE;
        }
        try (Closeable _ = lock.orElseThrow()) {
            return apply(policy, host, state, clock);
        }
    }

    private int apply(KsmPolicySpec policy, Host host, StateDirectory state, Clock clock)
            throws InterruptedException, IOException {
        PrintWriter out = command.commandLine().getOut();
        PrintWriter lines = output == Output.JSON ? command.commandLine().getErr() : out;
        LocalControlPlane controlPlane = new LocalControlPlane(wanted(policy, clock), lines, clock);
        Agent agent = new Agent(
                "this host",
                host,
                state,
                controlPlane,
                new ReportSchedule(BEAT, () -> 0.5),
                System::nanoTime,
                new Activity());
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(interrupted, ended)));
        try {
            KsmNodeStatus last = roundsUntil(agent, interrupted);
            report(last, out);
            controlPlane.say(released(policy, clock));
            boolean applied = last.state() != State.FAILED && last.state() != State.CONTENDED;
            return restored(agent, state) && applied ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            ended.countDown();
        }
    }

    private KsmNodeStatus roundsUntil(Agent agent, CountDownLatch interrupted) throws InterruptedException {
        long start = System.nanoTime();
        long left = Long.MAX_VALUE;
        do {
            agent.round();
            if (length != null) {
                left = length.toNanos() - (System.nanoTime() - start);
            }
        } while (left > 0
                && !interrupted.await(Math.min(left, agent.untilNextRound().toNanos()), TimeUnit.NANOSECONDS));
        return agent.round();
    }

    private boolean restored(Agent agent, StateDirectory state) throws InterruptedException {
        if (Restoration.of(agent).state() == State.RESTORED) {
            return true;
        }
        command.commandLine()
                .getErr()
                .println("Not everything could be put back. The settings as they were found are in " + state
                        + "/originals: samepage restore tries it again.");
        return false;
    }

    private void report(KsmNodeStatus status, PrintWriter out) throws IOException {
        if (output == Output.JSON) {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .defaultPropertyInclusion(
                            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                    .build()
                    .writeValueAsString(status));
        } else {
            out.println();
            out.println("At the end:  " + LocalControlPlane.line(status));
            status.settings().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(setting -> out.println("  " + setting.getKey() + " = " + setting.getValue()));
            out.println();
        }
        out.flush();
    }

    private static KsmNodeSpec wanted(KsmPolicySpec policy, Clock clock) {
        return new KsmNodeSpec(
                null,
                new Settings(
                        policy.mode(), policy.fixed(), policy.kernelAdvisor(), policy.adaptive(), policy.tunables()),
                policy.unmerge(),
                policy.onRemoval(),
                anew(clock));
    }

    private static KsmNodeSpec released(KsmPolicySpec policy, Clock clock) {
        return new KsmNodeSpec(null, null, policy.unmerge(), policy.onRemoval(), "end-" + anew(clock));
    }

    /** Each call asks for something new: whoever makes it again has looked at what was in the way. */
    private static String anew(Clock clock) {
        return "local-" + clock.instant();
    }

    /** Ctrl-C: the node is released before the process ends. */
    private static void end(CountDownLatch interrupted, CountDownLatch ended) {
        interrupted.countDown();
        try {
            if (!ended.await(2 * Restoration.LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("Ended before everything was put back.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
