package dev.samepage.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.GoProgram;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.cluster.OneNodeCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Assumptions;

/** Who types commands, those of src/docs/install.md first of all, and takes no failure for an answer. */
record Administrator(OneNodeCluster cluster) {
    private static final Path GUIDE = Path.of("src/docs/install.md");
    private static final Path OVERLAY = Path.of("target/overlay");
    private static final Pattern KUSTOMIZATION =
            Pattern.compile("```yaml\\n# overlay/kustomization.yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * Types a command that the guide gives. Where the guide has the reader's own directory {@code overlay}, the one of
     * {@link #writeOverlay} is taken.
     *
     * @return what it printed
     */
    String guided(String line) {
        assertThat(guide()).as("%s", GUIDE).contains(line);
        return type(line.replace("-k overlay", "-k " + OVERLAY));
    }

    /** Writes that kustomization of the guide which has the component named. */
    void writeOverlay(String component) {
        String kustomization = KUSTOMIZATION
                .matcher(guide())
                .results()
                .map(block -> block.group(1))
                .filter(overlay -> overlay.contains("- " + component + "\n"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(GUIDE + " has no overlay with " + component));
        try {
            Files.createDirectories(OVERLAY);
            Files.writeString(
                    OVERLAY.resolve("kustomization.yaml"), kustomization.replace("../manifests", "../../manifests"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String guide() {
        try {
            return Files.readString(GUIDE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Types a command, whose words are separated by spaces.
     *
     * @return what it printed
     */
    String type(String line) {
        Command.Output output = tries(line);
        assertThat(output.exitCode())
                .as("$ %s\n%s%s", line, output.stdout(), output.stderr())
                .isZero();
        return output.stdout();
    }

    /** Puts helm on the PATH; where it is not to be had the calling tests are aborted, loudly. */
    void findHelm() {
        try {
            cluster.addProgram(GoProgram.HELM.find(System.err::println));
        } catch (UnavailableException e) {
            System.err.printf("%n*** A TEST WITH HELM WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    /** Gives the node the image that this build has made. */
    void loadImage() {
        cluster.importImage(Path.of(System.getProperty("samepage.image")));
    }

    /** Types a command that may fail. */
    Command.Output tries(String line) {
        long start = System.nanoTime();
        Command.Output output = cluster.command(line.split(" ", -1)).run();
        System.err.printf("%5.1f s $ %s%n", (System.nanoTime() - start) / 1e9, line);
        return output;
    }

    /** What a command prints about an object, empty where there is none. */
    String get(String object, String jsonPath) {
        Command.Output output = cluster.kubectl("get", object, "--ignore-not-found", "--output=jsonpath=" + jsonPath);
        assertThat(output.exitCode()).as(output.stderr()).isZero();
        return output.stdout();
    }

    /** Waits until nothing is thrown. */
    static void await(String event, ThrowingRunnable assertion) {
        Awaitility.await(event)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(assertion);
    }
}
