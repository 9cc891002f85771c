package dev.samepage.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line's root. */
@Command(
        name = "samepage",
        description = "Merges equal memory pages of virtual machines (KSM), and says in bytes what it saves and costs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {OperatorCommand.class, AgentCommand.class, LocalCommand.class, HelpCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage, or a policy file that cannot be used",
            "3:this host has no KSM, or it may not be written"
        })
public final class Samepage implements Runnable {
    /** The host has no KSM, or it may not be written. */
    static final int NO_KSM = 3;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandLine.Model.CommandSpec spec;

    public static void main(String... args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Samepage())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("samepage " + command.getCommandName() + ": " + failure);
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing command: say what to do.");
    }
}
