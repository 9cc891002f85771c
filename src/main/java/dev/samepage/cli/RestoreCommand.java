package dev.samepage.cli;

import dev.samepage.agent.Activity;
import dev.samepage.agent.Agent;
import dev.samepage.agent.Host;
import dev.samepage.agent.ReportSchedule;
import dev.samepage.agent.StateDirectory;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code samepage restore}: what an agent left behind that is gone. */
@Command(
        name = "restore",
        description =
                "Puts every KSM setting of this host back as Samepage found it, from what an agent has left in its state"
                        + " directory. For a host whose agent is gone for good; needs no API server. Does nothing where nothing was changed,"
                        + " and refuses while an agent runs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class RestoreCommand implements Callable<Integer> {
    private static final Duration BEAT = Duration.ofSeconds(1);

    @Option(
            names = "--unmerge",
            description =
                    "Give every guest its own pages back too, if there is enough memory. Needed where merge_across_nodes or"
                            + " max_page_sharing were changed and pages are still merged.")
    private boolean unmerge;

    @Option(
            names = "--reserve-percent",
            paramLabel = "PERCENT",
            defaultValue = "10",
            description =
                    "How much of the host's memory must stay available while memory is un-merged, 128 MiB at least"
                            + " (default: ${DEFAULT-VALUE}).")
    private int reservePercent;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private HostOptions hostOptions;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init")
    private CommandLine.Model.CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (reservePercent < 0 || reservePercent > 90) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "--reserve-percent " + reservePercent + " is not from 0 to 90.");
        }
        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        StateDirectory state = hostOptions.stateDirectory();
        if (!state.exists()) {
            out.println("Nothing to restore: there is no " + state + " on this host.");
            return CommandLine.ExitCode.OK;
        }
        Optional<Closeable> lock;
        try {
            lock = state.tryLock();
        } catch (IOException e) {
            err.println(
                    "Refused: " + state + "/lock cannot be written: " + e
                            + ". Nothing was changed. Run it as root, with the agent's directory as --state, on a disk that may be written.");
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (lock.isEmpty()) {
            err.println(
                    "Refused: another samepage works on this host, it holds " + state
                            + "/lock. An agent restores the host itself once no policy covers it: delete the policy, or remove Samepage first. A local or a second restore has to end.");
            return CommandLine.ExitCode.SOFTWARE;
        }
        try (Closeable _ = lock.orElseThrow()) {
            return restore(state, out, err);
        }
    }

    private int restore(StateDirectory state, PrintWriter out, PrintWriter err) throws InterruptedException {
        Clock clock = Clock.systemUTC();
        Host host = hostOptions.host(clock);
        LocalControlPlane controlPlane = new LocalControlPlane(released(clock), out, clock);
        Agent agent = new Agent(
                "this host",
                host,
                state,
                controlPlane,
                new ReportSchedule(BEAT, () -> 0.5),
                System::nanoTime,
                new Activity());
        boolean hopeless = host.unavailable().isPresent();
        KsmNodeStatus last = hopeless ? agent.round() : Restoration.of(agent);
        if (last.state() == State.RESTORED) {
            Optional<Path> damaged = state.damagedOriginals();
            damaged.ifPresent(kept -> err.println(damaged(kept)));
            return damaged.isPresent() ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        }
        err.println(
                "Not everything could be put back: " + Objects.requireNonNullElse(last.message(), "no reason was given")
                        + (hasMerged(last) && !unmerge
                                ? " If that is because pages are merged: --unmerge gives them back first."
                                : ""));
        return hopeless ? Samepage.NO_KSM : CommandLine.ExitCode.SOFTWARE;
    }

    private static boolean hasMerged(KsmNodeStatus status) {
        return status.counters() != null
                && Objects.requireNonNullElse(status.counters().pagesShared(), 0L) > 0;
    }

    private String damaged(Path kept) {
        return "Not everything may be as it was found: the file that told how was damaged. What it still held was put back,"
                + " ksmd stands still where it did not say that it ran, and everything else stays as it is. It is kept as "
                + kept + ". Compare the settings in "
                + hostOptions.ksm + " with those of a host like this one, set what differs, and delete that file.";
    }

    private KsmNodeSpec released(Clock clock) {
        return new KsmNodeSpec(
                null,
                null,
                new Unmerge(unmerge, reservePercent),
                unmerge ? OnRemoval.RESTORE_AND_UNMERGE : OnRemoval.RESTORE,
                // Whoever runs the command again has looked at what was in the way.
                "restore-" + clock.instant());
    }
}
