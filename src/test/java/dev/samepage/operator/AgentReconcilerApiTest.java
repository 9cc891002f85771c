package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static dev.samepage.operator.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealApiServer
class AgentReconcilerApiTest {
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped}";

    private final ApiServer server;
    private final Cluster cluster;
    private final AuditLog sinceTheStart;
    private final RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    AgentReconcilerApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
        cluster.clear();
        sinceTheStart = server.auditLog().fromNow();
        operator = RunningOperator.start(server);
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void theAgentIsThereAsLongAsItIsNeeded() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
        cluster.report("worker", State.APPLIED, "");

        cluster.deletePolicy("a");
        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        assertThat(cluster.daemonSets()).hasSize(1);

        cluster.report("worker", State.RESTORED, "");
        await().atMost(SOON).until(() -> cluster.daemonSets().isEmpty());
    }

    @Test
    void itLooksAtOneServiceAccountAndAtNoNamespace() {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        assertThat(sinceTheStart.requests())
                .filteredOn(request -> request.user().equals(RunningOperator.USER))
                .noneMatch(request -> request.resource().equals("namespaces"))
                .filteredOn(request -> request.resource().equals("serviceaccounts"))
                .isNotEmpty()
                .allMatch(request -> request.namespace().equals("samepage-system")
                        && request.name().equals("samepage-agent"));
    }

    @Test
    void whatSomebodyElseWritesIntoTheAgentIsPutBack() {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        server.kubectl(
                "--namespace=samepage-system", "set", "image", "daemonset/samepage-agent", "agent=elsewhere:latest");

        await().atMost(SOON)
                .until(() -> cluster.daemonSets()
                        .getFirst()
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage()
                        .equals("samepage:0.1.0"));
    }

    @Test
    void aLabelThatSomebodyElseChangesIsPutBackAndOneThatTheyAddIsLeftAlone() {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
        AuditLog log = server.auditLog().fromNow();

        server.kubectl(
                "--namespace=samepage-system",
                "label",
                "daemonset/samepage-agent",
                "--overwrite",
                "app.kubernetes.io/name=mine",
                "team=blue");

        await().atMost(SOON)
                .until(
                        () -> cluster.daemonSets().getFirst().getMetadata().getLabels(),
                        Map.of(
                                "app.kubernetes.io/name", "samepage-agent",
                                "app.kubernetes.io/component", "agent",
                                "app.kubernetes.io/part-of", "samepage",
                                "app.kubernetes.io/version", "0.1.0",
                                "app.kubernetes.io/managed-by", "samepage-operator",
                                "team", "blue")::equals);
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .untilAsserted(() ->
                        assertThat(writesOfTheOperatorTo("daemonsets", log)).hasSize(1));
    }

    @Test
    void itIsTheServiceAccountsAndGoesWithIt() {
        String uid = server.client()
                .serviceAccounts()
                .inNamespace("samepage-system")
                .withName("samepage-agent")
                .get()
                .getMetadata()
                .getUid();
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        assertThat(cluster.daemonSets().getFirst().getMetadata().getOwnerReferences())
                .containsExactly(new OwnerReference("v1", null, null, "ServiceAccount", "samepage-agent", uid));
    }

    @Test
    void anOwnerThatSomebodyElseRemovesIsPutBack() {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        server.kubectl(
                "--namespace=samepage-system",
                "patch",
                "daemonset/samepage-agent",
                "--type=json",
                "--patch",
                "[{\"op\":\"remove\",\"path\":\"/metadata/ownerReferences\"}]");

        await().atMost(SOON)
                .until(() -> cluster.daemonSets()
                                .getFirst()
                                .getMetadata()
                                .getOwnerReferences()
                                .size()
                        == 1);
    }

    @Test
    void withoutItsOwnLabelTheAgentIsStillFound() {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);

        server.kubectl(
                "--namespace=samepage-system", "label", "daemonset/samepage-agent", "app.kubernetes.io/managed-by-");

        await().atMost(SOON)
                .until(() -> "samepage-operator"
                        .equals(cluster.daemonSets()
                                .getFirst()
                                .getMetadata()
                                .getLabels()
                                .get("app.kubernetes.io/managed-by")));
    }

    @Test
    void aManifestThatTheApiServerWritesDifferentlyIsAppliedOnce(@TempDir Path directory) throws IOException {
        String manifest = Files.readString(RunningOperator.AGENT)
                .replace("cpu: 10m", "cpu: 0.010")
                .replace("apiVersion: v1\n                  fieldPath", "fieldPath");
        operator.close();
        try (var _ = RunningOperator.start(
                server.clientAs(RunningOperator.USER), Files.writeString(directory.resolve("agent.yaml"), manifest))) {
            AuditLog log = server.auditLog().fromNow();
            cluster.apply("a", STOPPED);
            cluster.policyWith("a", "Ready", "True", "NoNodes");

            cluster.apply("b", STOPPED);
            cluster.policyWith("b", "Ready", "True", "NoNodes");

            await().during(Duration.ofSeconds(2))
                    .atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(writesOfTheOperatorTo("daemonsets", log)).hasSize(1));
        }
    }

    @Test
    void anAgentWhoseManifestCannotBeUsedStaysAsItIs(@TempDir Path directory) throws IOException {
        cluster.apply("a", STOPPED);
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
        Path manifest = Files.writeString(directory.resolve("agent.yaml"), "kind: Deployment");

        operator.close();
        try (var _ = RunningOperator.start(server.clientAs(RunningOperator.USER), manifest)) {
            cluster.addNode("worker", Map.of());

            cluster.specFrom("a", "worker");
            assertThat(cluster.daemonSets()).hasSize(1);
        }
    }

    @Test
    void aManifestThatCannotBeUsedIsSaidByThePolicyAndReadAgain(@TempDir Path directory) throws IOException {
        Path manifest = Files.writeString(directory.resolve("agent.yaml"), "kind: Deployment");
        cluster.addNode("worker", Map.of());
        operator.close();
        try (var _ = RunningOperator.start(server.clientAs(RunningOperator.USER), manifest)) {
            cluster.apply("a", STOPPED);

            var stalled = cluster.policyWith("a", "Stalled", "True", "AgentManifestInvalid");
            assertThat(condition(stalled, "Stalled").getMessage())
                    .contains("agent.yaml cannot be used: it is a Deployment of null");
            assertThat(condition(stalled, "Ready").getStatus()).isEqualTo("False");

            Files.copy(RunningOperator.AGENT, manifest, StandardCopyOption.REPLACE_EXISTING);
            cluster.policyWith("a", "Ready", "False", "Progressing");
            assertThat(cluster.daemonSets()).hasSize(1);
        }
    }

    @Test
    void whatTheApiServerSaysAgainstTheAgentIsSaidByThePolicy(@TempDir Path directory) throws IOException {
        Path manifest = Files.writeString(
                directory.resolve("agent.yaml"),
                Files.readString(RunningOperator.AGENT).replace("maxUnavailable: 10%", "maxUnavailable: none"));
        cluster.addNode("worker", Map.of());
        operator.close();
        try (var _ = RunningOperator.start(server.clientAs(RunningOperator.USER), manifest)) {
            cluster.apply("a", STOPPED);

            assertThat(condition(cluster.policyWith("a", "Stalled", "True", "AgentNotApplied"), "Stalled")
                            .getMessage())
                    .startsWith("The API server refuses the agent's DaemonSet samepage-agent: ")
                    .contains("maxUnavailable")
                    .endsWith("The agents stay as they are; it is tried again every 15 s.");
        }
    }

    @Test
    void thatTheAgentsServiceAccountIsMissingIsSaidByThePolicyUntilItIsBack() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.policyWith("a", "Ready", "False", "Progressing");
        String uid = agentsOwner();

        server.kubectl("--namespace=samepage-system", "delete", "serviceaccount", "samepage-agent");

        try {
            assertThat(condition(cluster.policyWith("a", "Stalled", "True", "AgentNotApplied"), "Stalled")
                            .getMessage())
                    .isEqualTo(
                            "There is no ServiceAccount samepage-agent in the namespace samepage-system for the agents to run as: none are installed. Install Samepage's manifests or chart again, and leave the ServiceAccount its name.");
        } finally {
            RunningOperator.install(server);
        }
        cluster.policyWith("a", "Ready", "False", "Progressing");
        await().atMost(SOON).until(() -> !agentsOwner().equals(uid));
    }

    private String agentsOwner() {
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
        return cluster.daemonSets()
                .getFirst()
                .getMetadata()
                .getOwnerReferences()
                .getFirst()
                .getUid();
    }

    private static List<AuditLog.Request> writesOfTheOperatorTo(String resource, AuditLog log) {
        return log.requests().stream()
                .filter(request -> request.isWrite()
                        && request.user().equals(RunningOperator.USER)
                        && request.resource().equals(resource))
                .toList();
    }
}
