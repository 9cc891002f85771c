package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator as it is packaged, in a process of its own, as its service account. */
@RealApiServer
class OperatorApplicationApiTest {
    private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");

    private final ApiServer server;
    private final Cluster cluster;

    @TempDir
    Path directory;

    private Process operator;
    private int port;

    OperatorApplicationApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
    }

    @BeforeEach
    void start() throws IOException {
        assertThat(JAR).as("what ./mvnw package leaves").exists();
        RunningOperator.install(server);
        cluster.clear();
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        JAR.toString(),
                        "operator")
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        command.environment()
                .putAll(Map.of(
                        "KUBECONFIG", server.kubeconfig().toString(),
                        "KUBERNETES_IMPERSONATE_USERNAME", RunningOperator.USER,
                        "SAMEPAGE_AGENT_MANIFEST", RunningOperator.AGENT.toString(),
                        "QUARKUS_HTTP_HOST", "127.0.0.1",
                        "QUARKUS_HTTP_PORT", String.valueOf(port)));
        operator = command.start();
        await().atMost(SOON)
                .until(() -> operator.isAlive() && lines().stream().anyMatch(l -> l.contains("is running")));
    }

    @AfterEach
    void stop() throws InterruptedException {
        operator.destroyForcibly().waitFor();
        cluster.clear();
    }

    @Test
    void saysInOneLineThatItRunsAndWhatItWasGiven() throws IOException {
        assertThat(lines())
                .filteredOn(line -> !line.startsWith("WARNING: "))
                .singleElement()
                .asString()
                .contains(
                        "version=0.1.0",
                        "namespace=samepage-system",
                        "agentManifest=manifests/agent/daemonset.yaml",
                        "port=" + port,
                        "Samepage's operator is running");
    }

    @Test
    void doesItsWorkAsItsServiceAccount() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", "{nodeSelector: {}, mode: Stopped}");

        cluster.specFrom("a", "worker");
        cluster.policyWith("a", "Reconciling", "True", "Progressing");
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
    }

    @Test
    void isHealthy() throws Exception {
        assertThat(get("/q/health/ready")).contains("\"status\": \"UP\"");
        assertThat(get("/q/health/live")).contains("\"status\": \"UP\"");
    }

    @Test
    void itsMetricsDoNotGrowWithTheCluster() throws Exception {
        cluster.addNode("worker-with-a-name", Map.of());
        cluster.apply("a", "{nodeSelector: {}, mode: Stopped}");
        cluster.specFrom("a", "worker-with-a-name");

        assertThat(get("/q/metrics"))
                .contains("operator_sdk_reconciliations_executions_node")
                .doesNotContain("worker-with-a-name");
    }

    @Test
    void endsWhenItIsAskedTo() throws Exception {
        operator.destroy();

        assertThat(operator.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(operator.exitValue()).isIn(0, 143);
        assertThat(lines()).noneMatch(line -> line.contains("ERROR"));
    }

    private String get(String path) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }

    private Path log() {
        return directory.resolve("operator.log");
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(log());
    }
}
