package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator does about the API server's errors: it tries again. */
class FaultyApiServerTest {
    private final FaultyApiServer server = new FaultyApiServer();
    private final KubernetesClient client = server.client();
    private final Cluster cluster = new Cluster(client);
    private RunningOperator operator;

    @BeforeEach
    void start() {
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("worker")
                        .withUid("1")
                        .endMetadata()
                        .build())
                .create();
        client.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("samepage-agent")
                        .withNamespace(RunningOperator.NAMESPACE)
                        .withUid("2")
                        .endMetadata()
                        .build())
                .create();
        operator = RunningOperator.start(client, RunningOperator.AGENT);
    }

    @AfterEach
    void stop() {
        operator.close();
        client.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500})
    void aNodeThatCouldNotBeToldIsToldLater(int code) {
        server.refuse("PATCH", "/ksmnodes/worker", code);

        createPolicy();

        cluster.specFrom("a", "worker");
        assertThat(server.hasRefused()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 429, 500})
    void aStatusThatCouldNotBeWrittenIsWrittenLater(int code) {
        server.refuse("PATCH", "/ksmpolicies/a/status", code);

        createPolicy();

        cluster.policyWith("a", "Reconciling", "True", "Progressing");
        assertThat(server.hasRefused()).isTrue();
    }

    @Test
    void whatAStatusSaysIsToldWhenItIsWritten() {
        String status = "PATCH /apis/ksm.samepage.dev/v1alpha1/ksmpolicies/a/status";
        String event = "POST /api/v1/namespaces/default/events";
        server.refuse("PATCH", "/ksmpolicies/a/status", 500);

        createPolicy("{nodeSelector: {matchLabels: {zone: moon}}, mode: Stopped}");

        await().atMost(Cluster.SOON).until(() -> server.writes().contains(event));
        assertThat(server.writes().stream().filter(write -> write.equals(status) || write.startsWith(event)))
                .containsExactly(status, status, event);
    }

    @Test
    void aReleasedNodeThatCouldNotBeForgottenIsForgottenLater() {
        server.refuse("DELETE", "/ksmnodes/worker", 409);
        var released = new KsmNode();
        released.setMetadata(new ObjectMetaBuilder().withName("worker").build());
        released.setSpec(new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, "0123456789ab"));
        released.setStatus(BareStatus.of(1L, State.RESTORED, "", "0123456789ab"));

        client.resource(released).create();

        cluster.noKsmNode("worker");
        assertThat(server.hasRefused()).isTrue();
    }

    @Test
    void anEventThatCouldNotBeWrittenIsLostAndDisturbsNothing() {
        server.refuse("POST", "/namespaces/default/events", 403);

        createPolicy("{nodeSelector: {matchLabels: {zone: moon}}, mode: Stopped}");

        cluster.policyWith("a", "Ready", "True", "NoNodes");
        await().atMost(Cluster.SOON).until(server::hasRefused);
    }

    private void createPolicy() {
        createPolicy("{nodeSelector: {}, mode: Stopped}");
    }

    private void createPolicy(String spec) {
        var policy = client.getKubernetesSerialization()
                .unmarshal("metadata: {name: a, generation: 1}\nspec: " + spec, KsmPolicy.class);
        client.resource(policy).create();
    }
}
