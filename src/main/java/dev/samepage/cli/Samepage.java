package dev.samepage.cli;

import java.util.LinkedHashMap;
import java.util.Map;
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

    private static final String AGENT = "agent";

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandLine.Model.CommandSpec spec;

    public static void main(String... args) {
        // Picocli takes a while to look at each command, and the agent is in a hurry.
        boolean agent = args.length > 0 && args[0].equals(AGENT);
        CommandLine commandLine = agent ? withCommands(Map.of(AGENT, AgentCommand.inAHurry())) : commandLine();
        System.exit(commandLine.execute(args));
    }

    static CommandLine commandLine() {
        Map<String, Object> commands = new LinkedHashMap<>();
        commands.put("operator", new OperatorCommand());
        commands.put(AGENT, new AgentCommand());
        commands.put("local", new LocalCommand());
        commands.put("restore", new RestoreCommand());
        commands.put("help", new HelpCommand());
        return withCommands(commands);
    }

    private static CommandLine withCommands(Map<String, Object> commands) {
        CommandLine samepage = new CommandLine(new Samepage());
        commands.forEach(samepage::addSubcommand);
        return samepage.setCaseInsensitiveEnumValuesAllowed(true)
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
