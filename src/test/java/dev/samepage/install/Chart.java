package dev.samepage.install;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.GoProgram;
import dev.samepage.testbed.UnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * {@code charts/samepage}, and the helm that renders it.
 *
 * @param location its directory or archive
 */
record Chart(Path helm, Path location) {
    private static final Path SOURCES = Path.of("charts/samepage");
    private static final Path WORK = Path.of("target", "helm");

    /** The chart; where no helm is to be had the calling tests are aborted, loudly. */
    static Chart find() {
        try {
            return new Chart(GoProgram.HELM.find(System.err::println), SOURCES);
        } catch (UnavailableException e) {
            System.err.printf("%n*** THE CHART'S TEST WAS NOT RUN: %s%n%n", e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }

    /** The same chart, packed as it would be with these versions, its own and Samepage's. */
    Chart ofVersion(String version, String appVersion) {
        String directory = WORK.resolve(appVersion).toString();
        run(List.of("package", "--version", version, "--app-version", appVersion, "--destination", directory), SOURCES)
                .orThrow();
        return new Chart(helm, Path.of(directory, "samepage-" + version + ".tgz"));
    }

    /** What {@code helm template} says with these values, each as NAME=VALUE. */
    Command.Output template(String... values) {
        List<String> arguments = new ArrayList<>(List.of("template", "samepage", "--namespace", "samepage-system"));
        for (String value : values) {
            arguments.addAll(List.of("--set-json", value));
        }
        return run(arguments, location);
    }

    /** What {@code helm lint} says. */
    Command.Output lint() {
        return run(List.of("lint", "--strict"), location);
    }

    /** The YAML of every object. */
    String render(String... values) {
        Command.Output output = template(values);
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr());
        }
        return output.stdout();
    }

    private Command.Output run(List<String> arguments, Path chart) {
        List<String> words = new ArrayList<>(List.of(helm.toString()));
        words.addAll(arguments);
        words.add(chart.toString());
        // No repositories, plugins or clusters of the user's own.
        String nowhere = WORK.toAbsolutePath().toString();
        return new Command(
                        words,
                        Map.of(
                                "HELM_CACHE_HOME", nowhere,
                                "HELM_CONFIG_HOME", nowhere,
                                "HELM_DATA_HOME", nowhere,
                                "KUBECONFIG", nowhere + "/none"))
                .run();
    }
}
