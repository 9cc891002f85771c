package dev.samepage.testbed;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What other programs make of a live object: Flux and {@code helm --wait} by kstatus, Argo CD by a health check in Lua. Asks the program
 * in src/testbed/kstatus.
 *
 * @param words the program and its options
 */
public record Onlooker(List<String> words) {
    /** The script that this project gives to users of Argo CD. */
    public static final Path HEALTH_CHECK = Path.of("src/docs/argocd-health.lua");

    private static final GoProgram PROGRAM = new GoProgram("kstatus", Path.of("src/testbed/kstatus"), ".");

    public Onlooker {
        words = List.copyOf(words);
    }

    /**
     * Flux and Helm: {@code Current}, {@code InProgress}, {@code Failed} or {@code Terminating}.
     *
     * @param progress given a line for a person where it takes longer
     * @throws UnavailableException if the program cannot be built here
     */
    public static Onlooker kstatus(Consumer<String> progress) throws UnavailableException {
        return new Onlooker(List.of(PROGRAM.find(progress).toString()));
    }

    /**
     * Argo CD: {@code Healthy}, {@code Progressing}, {@code Degraded} or {@code Suspended}.
     *
     * @param healthCheck a file with the Lua script
     * @param progress given a line for a person where it takes longer
     * @throws UnavailableException if the program cannot be built here
     */
    public static Onlooker argoCd(Path healthCheck, Consumer<String> progress) throws UnavailableException {
        return new Onlooker(List.of(PROGRAM.find(progress).toString(), "-argo", healthCheck.toString()));
    }

    /**
     * What it says of one object: a word, and after a space why.
     *
     * @param object as {@code kubectl get -o json} prints it
     */
    public String saysOf(String object) {
        Command.Output output = new Command(words, Map.of()).run(object);
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr().strip());
        }
        String said = output.stdout().strip();
        return said.substring(said.indexOf(' ') + 1);
    }
}
