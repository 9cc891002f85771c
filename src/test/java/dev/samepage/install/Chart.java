package dev.samepage.install;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.GoProgram;
import dev.samepage.testbed.UnavailableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** {@code charts/samepage}, and the helm that renders it. */
record Chart(Path helm) {
    /** The chart; where no helm is to be had the calling tests are aborted, loudly. */
    static Chart find() {
        try {
            return new Chart(GoProgram.HELM.find(System.err::println));
        } catch (UnavailableException e) {
            System.err.printf("%n*** THE CHART'S TEST WAS NOT RUN: %s%n%n", e.getMessage());
            return Assumptions.abort(e.getMessage());
        }
    }

    /** What {@code helm template} says with these values, each as NAME=VALUE. */
    Command.Output template(String... values) {
        List<String> arguments = new ArrayList<>(List.of("template", "samepage", "--namespace", "samepage-system"));
        for (String value : values) {
            arguments.addAll(List.of("--set-json", value));
        }
        return run(arguments);
    }

    /** What {@code helm lint} says. */
    Command.Output lint() {
        return run(List.of("lint", "--strict"));
    }

    /** The YAML of every object. */
    String render(String... values) {
        Command.Output output = template(values);
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr());
        }
        return output.stdout();
    }

    private Command.Output run(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(helm.toString()));
        words.addAll(arguments);
        words.add("charts/samepage");
        // No repositories, plugins or clusters of the user's own.
        String nowhere = Path.of("target", "helm").toAbsolutePath().toString();
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
