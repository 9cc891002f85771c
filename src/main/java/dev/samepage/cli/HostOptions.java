package dev.samepage.cli;

import dev.samepage.agent.Host;
import dev.samepage.agent.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import picocli.CommandLine.Option;

/** Where the host's files are, for whatever works on a host. In a container they are mounted somewhere else. */
final class HostOptions {
    @Option(
            names = "--ksm",
            paramLabel = "DIR",
            defaultValue = "/sys/kernel/mm/ksm",
            description = "The kernel's KSM directory (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    Path ksm;

    @Option(
            names = "--proc",
            paramLabel = "DIR",
            defaultValue = "/proc",
            description = "The host's /proc (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    Path proc;

    @Option(
            names = "--cgroup",
            paramLabel = "DIR",
            defaultValue = "/sys/fs/cgroup",
            description =
                    "Where the host has its cgroups; guests whose limit would not hold un-merged memory are looked for there"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    Path cgroup;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            defaultValue = "/run/samepage",
            description =
                    "Where the settings that were found are kept; it should forget at reboot (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    Path state;

    Host host(Clock clock) {
        return Host.at(ksm, proc, cgroup, clock);
    }

    StateDirectory stateDirectory() {
        return new StateDirectory(state);
    }
}
