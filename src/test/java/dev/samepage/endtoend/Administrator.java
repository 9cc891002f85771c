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
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Who types commands, those of src/docs/install.md first of all, and takes no failure for an answer. */
record Administrator(OneNodeCluster cluster) {
    private static final Path GUIDE = Path.of("src/docs/install.md");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * Types a command that the guide gives.
     *
     * @return what it printed
     */
    String guided(String line) {
        try {
            assertThat(Files.readString(GUIDE)).as("%s", GUIDE).contains("$ " + line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return type(line);
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

    /** Puts helm on the PATH. */
    void findHelm() throws UnavailableException {
        cluster.addProgram(GoProgram.HELM.find(System.err::println));
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
