package dev.samepage.testbed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Prometheus' own programs, as Debian's package {@code prometheus} has them. */
public record PrometheusPrograms(Path prometheus, Path promtool) {

    /**
     * Finds them on the PATH.
     *
     * @throws UnavailableException where one is missing
     */
    public static PrometheusPrograms find() throws UnavailableException {
        return new PrometheusPrograms(onPath("prometheus"), onPath("promtool"));
    }

    private static Path onPath(String name) throws UnavailableException {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new UnavailableException(
                        name + " is not on the PATH (Debian: apt-get install --no-install-recommends prometheus)"));
    }

    /** Runs promtool. */
    public Command.Output promtool(String stdin, String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = promtool.toString();
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        return Command.of(words).run(stdin);
    }
}
