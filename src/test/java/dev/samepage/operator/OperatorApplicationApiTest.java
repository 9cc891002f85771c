package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealApiServer
class OperatorApplicationApiTest {
    private final ApiServer server;
    private final Cluster cluster;

    @TempDir
    Path directory;

    private OperatorProcess operator;

    OperatorApplicationApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
    }

    @BeforeEach
    void start() throws IOException {
        RunningOperator.install(server);
        cluster.clear();
        operator = OperatorProcess.start(server, directory, Map.of());
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void saysInOneLineThatItRunsAndWhatItWasGiven() throws IOException {
        assertThat(operator.lines())
                .filteredOn(line -> !line.startsWith("WARNING: "))
                .singleElement()
                .asString()
                .contains(
                        "version=0.1.0",
                        "namespace=samepage-system",
                        "agentManifest=manifests/agent/daemonset.yaml",
                        "port=" + operator.port(),
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
        assertThat(operator.get("/q/health/ready")).contains("\"status\": \"UP\"");
        assertThat(operator.get("/q/health/live")).contains("\"status\": \"UP\"");
    }

    @Test
    void itsMetricsDoNotGrowWithTheCluster() throws Exception {
        cluster.addNode("worker-with-a-name", Map.of());
        cluster.apply("a", "{nodeSelector: {}, mode: Stopped}");
        cluster.specFrom("a", "worker-with-a-name");

        assertThat(operator.get("/q/metrics"))
                .contains("operator_sdk_reconciliations_executions_node")
                .doesNotContain("worker-with-a-name");
    }

    @Test
    void endsWhenItIsAskedTo() throws Exception {
        operator.process().destroy();

        assertThat(operator.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(operator.process().exitValue()).isIn(0, 143);
        assertThat(operator.lines()).noneMatch(line -> line.contains("ERROR"));
    }
}
