package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealApiServer
class OperatorApplicationApiTest {
    private final ApiServer server;
    private final Cluster cluster;

    @TempDir
    Path directory;

    private AuditLog log;
    private OperatorProcess operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    OperatorApplicationApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
    }

    @BeforeEach
    void start() throws IOException {
        cluster.clear();
        log = server.auditLog().fromNow();
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
    void looksAtOneServiceAccountAndAtNoNamespace() {
        cluster.apply("a", "{nodeSelector: {}, mode: Stopped}");
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        assertThat(log.requests())
                .filteredOn(request -> request.user().equals(RunningOperator.USER))
                .noneMatch(request -> request.resource().equals("namespaces"))
                .filteredOn(request -> request.resource().equals("serviceaccounts"))
                .isNotEmpty()
                .allMatch(request -> request.namespace().equals("samepage-system")
                        && request.name().equals("samepage-agent"));
    }

    @Test
    void givesTheAgentToNoOtherServiceAccountThatItSees() throws IOException {
        var another = server.client()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace("samepage-system")
                        .withName("another")
                        .endMetadata()
                        .build());
        another.create();
        operator.close();
        log = server.auditLog().fromNow();
        operator = OperatorProcess.start(
                server,
                directory,
                Map.of("QUARKUS_OPERATOR_SDK_CONTROLLERS_AGENT_FIELD_SELECTORS", "metadata.namespace=samepage-system"));
        try {
            cluster.apply("a", "{nodeSelector: {}, mode: Stopped}");
            cluster.policyWith("a", "Ready", "True", "NoNodes");

            await().during(Duration.ofSeconds(2)).atMost(SOON).untilAsserted(() -> {
                assertThat(cluster.daemonSets())
                        .singleElement()
                        .extracting(daemonSet -> daemonSet
                                .getMetadata()
                                .getOwnerReferences()
                                .getFirst()
                                .getName())
                        .isEqualTo("samepage-agent");
                assertThat(log.requests())
                        .filteredOn(request ->
                                request.isWrite() && request.resource().equals("daemonsets"))
                        .hasSize(1);
            });
            assertThat(log.requests())
                    .anyMatch(request -> request.user().equals(RunningOperator.USER)
                            && request.resource().equals("serviceaccounts")
                            && request.name().isEmpty());
        } finally {
            another.delete();
        }
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
