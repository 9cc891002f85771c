package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.KsmNode;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NamespaceableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token of one node's agent is good for that node's report and for nothing else. */
@RealApiServer
class AgentAdmissionApiTest {
    private static final String AGENT = "system:serviceaccount:samepage-system:samepage-agent";
    private static final String OPERATOR = "system:serviceaccount:samepage-system:samepage-operator";
    private static final String NODE_CLAIM = "authentication.kubernetes.io/node-name";
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("test")
            .withForce(true)
            .build();
    private static final String STATUS = "status: {message: looked}";
    private static final String LABEL = "metadata: {name: %s, labels: {a: b}}";
    private static final String SPEC = "spec: {hash: '0'}";

    private final ApiServer server;
    private final KubernetesClient agentOfOne;

    AgentAdmissionApiTest(ApiServer server) {
        this.server = server;
        agentOfOne = server.clientAs(AGENT, Map.of(NODE_CLAIM, "worker-1"));
    }

    @BeforeEach
    void twoNodes() {
        Kustomization.install(server);
        for (String node : new String[] {"worker-1", "worker-2"}) {
            var ksmNode = new KsmNode();
            ksmNode.setMetadata(new ObjectMetaBuilder().withName(node).build());
            server.client().resource(ksmNode).create();
        }
        // The API server hears of its own policies with a delay.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertRefused(() -> patchStatus(agentOfOne, "worker-2"), "may not write"));
    }

    @AfterEach
    void noNodes() {
        server.client().resources(KsmNode.class).delete();
    }

    @Test
    void anAgentReportsForItsOwnNode() {
        patchStatus(agentOfOne, "worker-1");

        assertThat(server.kubectl("get", "ksmn", "worker-1", "--output=jsonpath={.status.message}")
                        .stdout())
                .isEqualTo("looked");
    }

    @Test
    void anAgentIsToldThatAnotherNodeIsNotItsOwn() {
        assertRefused(
                () -> patchStatus(agentOfOne, "worker-2"),
                "denied request: the agent of node worker-1 may not write the KsmNode worker-2, only that of its own node. Start it with --node worker-1");
    }

    @Test
    void aTokenThatNamesNoNodeIsGoodForNone() {
        assertRefused(
                () -> patchStatus(server.clientAs(AGENT), "worker-1"),
                "denied request: the token names no node, so it may write no KsmNode. Use the one that is mounted in the agent's pod");
    }

    @Test
    void anAgentWritesNothingButStatus() {
        for (String fields : List.of(SPEC, LABEL)) {
            assertRefused(
                    () -> ksmNode(agentOfOne, "worker-1", fields).patch(APPLY),
                    "cannot patch resource \"ksmnodes\" in API group \"ksm.samepage.dev\" at the cluster scope");
        }
    }

    @Test
    void theStatusIsNoWayToTheRest() {
        ksmNode(agentOfOne, "worker-1", LABEL).subresource("status").patch(APPLY);

        assertThat(server.kubectl("get", "ksmn", "worker-1", "--output=jsonpath={.metadata.labels}")
                        .stdout())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker-1", "worker-2"})
    void anAgentDeletesNoKsmNode(String node) {
        assertRefused(
                () -> agentOfOne.resources(KsmNode.class).withName(node).delete(),
                "cannot delete resource \"ksmnodes\" in API group \"ksm.samepage.dev\" at the cluster scope");
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker-1", "worker-3"})
    void anAgentMakesNoKsmNode(String node) {
        server.client().resources(KsmNode.class).withName(node).delete();

        assertRefused(
                () -> ksmNode(agentOfOne, node, SPEC).create(),
                "cannot create resource \"ksmnodes\" in API group \"ksm.samepage.dev\" at the cluster scope");
    }

    @Test
    void rightsThatSomebodyAddsOpenNoOtherNode() {
        String binding = "agent-as-admin";
        server.kubectl(
                "create",
                "clusterrolebinding",
                binding,
                "--clusterrole=cluster-admin",
                "--serviceaccount=samepage-system:samepage-agent");
        try {
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptions()
                    .untilAsserted(() -> assertRefused(
                            () -> ksmNode(agentOfOne, "worker-2", SPEC).patch(APPLY),
                            "may not write the KsmNode worker-2"));
            assertRefused(
                    () -> agentOfOne
                            .resources(KsmNode.class)
                            .withName("worker-2")
                            .delete(),
                    "may not write the KsmNode worker-2");
            assertRefused(() -> ksmNode(agentOfOne, "worker-3", SPEC).create(), "may not write the KsmNode worker-3");
        } finally {
            server.kubectl("delete", "clusterrolebinding", binding);
        }
    }

    @Test
    void administratorsAreNotHindered() {
        assertThatCode(() -> patchStatus(server.client(), "worker-1")).doesNotThrowAnyException();
    }

    @Test
    void theOperatorIsNotHindered() {
        KubernetesClient operator = server.clientAs(OPERATOR, Map.of(NODE_CLAIM, "worker-2"));

        assertThatCode(() -> ksmNode(operator, "worker-1", SPEC).patch(APPLY)).doesNotThrowAnyException();
    }

    private static void patchStatus(KubernetesClient client, String node) {
        ksmNode(client, node, STATUS).subresource("status").patch(APPLY);
    }

    /** What is applied with these fields; nothing is read for that. */
    private static NamespaceableResource<HasMetadata> ksmNode(KubernetesClient client, String node, String fields) {
        String metadata = fields.startsWith("metadata") ? "" : "metadata: {name: %s}\n";
        return client.resource(
                ("apiVersion: ksm.samepage.dev/v1alpha1\nkind: KsmNode\n" + metadata + fields).formatted(node));
    }

    private static void assertRefused(ThrowingCallable request, String why) {
        assertThatThrownBy(request).isInstanceOfSatisfying(KubernetesClientException.class, refusal -> {
            assertThat(refusal.getCode()).isEqualTo(403);
            assertThat(refusal.getMessage()).contains(why);
        });
    }
}
