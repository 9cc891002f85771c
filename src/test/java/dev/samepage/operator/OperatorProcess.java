package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Loopback;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;

/** The operator as it is packaged, in a process of its own, as its service account. */
record OperatorProcess(Process process, int port, Path log) implements AutoCloseable {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

    /** Starting takes seconds of CPU time, which a busy machine may need minutes for. */
    private static final Duration LONGEST_START = Duration.ofMinutes(3);

    /**
     * Returns once it says that it runs.
     *
     * @param directory where its log is written
     * @param environment what it is given beyond what it needs
     */
    static OperatorProcess start(ApiServer server, Path directory, Map<String, String> environment) throws IOException {
        assertThat(JAR).as("what ./mvnw package leaves").exists();
        int port = Loopback.freePort();
        Path log = directory.resolve("operator-" + port + ".log");
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        JAR.toString(),
                        "operator")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        command.environment()
                .putAll(Map.of(
                        "KUBECONFIG", server.kubeconfig().toString(),
                        "KUBERNETES_IMPERSONATE_USERNAME", RunningOperator.USER,
                        "SAMEPAGE_AGENT_MANIFEST", RunningOperator.AGENT.toString(),
                        "QUARKUS_HTTP_HOST", "127.0.0.1",
                        "QUARKUS_HTTP_PORT", String.valueOf(port)));
        command.environment().putAll(environment);
        var operator = new OperatorProcess(command.start(), port, log);
        try {
            await().atMost(LONGEST_START).until(() -> !operator.process().isAlive() || operator.hasSaid("is running"));
            assertThat(operator.process().isAlive())
                    .as(() -> "It runs, and not: " + operator.said())
                    .isTrue();
            return operator;
        } catch (ConditionTimeoutException | AssertionError e) {
            operator.close();
            throw e;
        }
    }

    String get(String path) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }

    private String said() {
        try {
            return String.join("\n", lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasSaid(String words) throws IOException {
        return lines().stream().anyMatch(line -> line.contains(words));
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
