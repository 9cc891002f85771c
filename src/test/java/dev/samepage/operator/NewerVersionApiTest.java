package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A newer version was here, knew a mode more, and left objects with it. */
@RealApiServer
class NewerVersionApiTest {
    private final ApiServer server;
    private final Cluster cluster;

    NewerVersionApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
    }

    @BeforeEach
    void installWithOneModeMore() {
        RunningOperator.install(server);
        cluster.clear();
        addMode("ksmpolicies", List.of("spec", "mode"));
        addMode("ksmnodes", List.of("spec", "settings", "mode"));
        cluster.addNode("worker", Map.of("zone", "north"));
        cluster.addNode("other", Map.of());
        await().atMost(SOON).ignoreException(KubernetesClientException.class).until(() -> {
            cluster.apply("future", "{nodeSelector: {matchLabels: {zone: north}}, mode: Clairvoyant}");
            applyKsmNode("worker", "future");
            return true;
        });
    }

    /** The next test installs them again, as they are. */
    @AfterEach
    void withoutTheDefinitions() {
        cluster.clear();
        server.kubectl("delete", "crd", "ksmpolicies.ksm.samepage.dev", "ksmnodes.ksm.samepage.dev");
    }

    @Test
    void itsPolicyIsStalledAndTheOthersGoOn() {
        try (var _ = RunningOperator.start(server)) {
            cluster.apply("a", "{nodeSelector: {}, priority: -1, mode: Stopped, rollout: {maxConcurrent: 2}}");

            cluster.policyWith("future", "Stalled", "True", "NotUnderstood");
            cluster.specFrom("a", "other");
            cluster.specFrom("a", "worker");
        }
    }

    @Test
    void itsNodeStaysAsItIsWhileNoOtherPolicyCoversIt() {
        String version = cluster.ksmNode("worker").getMetadata().getResourceVersion();
        try (var _ = RunningOperator.start(server)) {
            cluster.apply(
                    "a", "{nodeSelector: {matchExpressions: [{key: zone, operator: DoesNotExist}]}, mode: Stopped}");
            cluster.policyWith("future", "Stalled", "True", "NotUnderstood");
            cluster.specFrom("a", "other");

            assertThat(cluster.ksmNode("worker").getMetadata().getResourceVersion())
                    .isEqualTo(version);
        }
    }

    @Test
    void objectsThatArriveLaterStopNothingEither() {
        try (var _ = RunningOperator.start(server)) {
            cluster.apply("later", "{nodeSelector: {}, mode: Clairvoyant}");
            applyKsmNode("other", "later");
            cluster.policyWith("later", "Stalled", "True", "NotUnderstood");

            cluster.apply("a", "{nodeSelector: {}, mode: Stopped, rollout: {maxConcurrent: 2}}");
            cluster.specFrom("a", "other");
            cluster.specFrom("a", "worker");
            cluster.report("other", State.APPLIED, "");
            cluster.report("worker", State.APPLIED, "");
            cluster.policyWith("a", "Ready", "True", "Applied");
        }
    }

    private void applyKsmNode(String name, String policy) {
        server.client()
                .resource("""
                        apiVersion: ksm.samepage.dev/v1alpha1
                        kind: KsmNode
                        metadata: {name: %s}
                        spec: {policy: {name: %s, generation: 1}, settings: {mode: Clairvoyant}, hash: 0123456789ab}
                        """.formatted(name, policy))
                .fieldManager(OperatorApplication.FIELD_MANAGER)
                .serverSideApply();
    }

    private void addMode(String plural, List<String> path) {
        server.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(plural + ".ksm.samepage.dev")
                .edit(definition -> {
                    JSONSchemaProps schema = schema(definition);
                    for (String name : path) {
                        schema = requireNonNull(schema.getProperties().get(name), name);
                    }
                    var modes = new ArrayList<>(schema.getEnum());
                    modes.add(TextNode.valueOf("Clairvoyant"));
                    schema.setEnum(modes);
                    return definition;
                });
    }

    private static JSONSchemaProps schema(CustomResourceDefinition definition) {
        return definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    }
}
