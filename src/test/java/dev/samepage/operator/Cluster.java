package dev.samepage.operator;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a test does to a cluster, in the roles of its administrator and of the agents. */
record Cluster(KubernetesClient client) {
    static final Duration SOON = Duration.ofSeconds(30);

    void addNode(String name, Map<String, String> labels) {
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    void label(String node, String key, @Nullable String value) {
        client.nodes().withName(node).edit(before -> {
            var metadata = new NodeBuilder(before).editMetadata();
            return (value == null ? metadata.removeFromLabels(key) : metadata.addToLabels(key, value))
                    .endMetadata()
                    .build();
        });
    }

    void annotate(String node, String key, String value) {
        client.nodes()
                .withName(node)
                .edit(before -> new NodeBuilder(before)
                        .editMetadata()
                        .addToAnnotations(key, value)
                        .endMetadata()
                        .build());
    }

    /** Stores a policy as somebody who writes JSON by hand would. */
    void apply(String name, String spec) {
        client.resource("""
                        apiVersion: ksm.samepage.dev/v1alpha1
                        kind: KsmPolicy
                        metadata: {name: %s}
                        spec: %s
                        """.formatted(name, spec))
                .fieldManager("test")
                .forceConflicts()
                .serverSideApply();
    }

    void deletePolicy(String name) {
        client.resources(KsmPolicy.class).withName(name).delete();
    }

    /** Removes everything that a test may have left. */
    void clear() {
        client.resources(KsmPolicy.class).delete();
        client.resources(KsmNode.class).delete();
        client.nodes().delete();
        client.apps().daemonSets().inNamespace(RunningOperator.NAMESPACE).delete();
        await().atMost(SOON)
                .until(() -> client.resources(KsmPolicy.class).list().getItems().isEmpty()
                        && client.resources(KsmNode.class).list().getItems().isEmpty()
                        && daemonSets().isEmpty());
    }

    /** Says what an agent would that has acted on its KsmNode's spec. */
    void report(String node, State state, String message) {
        var report = new KsmNode();
        report.setMetadata(new ObjectMetaBuilder().withName(node).build());
        report.setStatus(BareStatus.of(
                ksmNode(node).getMetadata().getGeneration(),
                state,
                message,
                ksmNode(node).getSpec().hash(),
                Instant.now().toString()));
        client.resource(report)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("samepage-agent")
                        .withForce(true)
                        .build());
    }

    /** The node's KsmNode, once it is there and {@code looks} so. */
    KsmNode ksmNode(String node, Predicate<KsmNode> looks) {
        return await("KsmNode " + node)
                .atMost(SOON)
                .until(
                        () -> client.resources(KsmNode.class).withName(node).get(),
                        ksmNode -> ksmNode != null && looks.test(ksmNode));
    }

    KsmNode ksmNode(String node) {
        return requireNonNull(client.resources(KsmNode.class).withName(node).get(), node);
    }

    /** The node's KsmNode, once it follows {@code policy}. */
    KsmNodeSpec specFrom(String policy, String node) {
        return ksmNode(
                        node,
                        ksmNode -> ksmNode.getSpec() != null
                                && ksmNode.getSpec().policy() != null
                                && ksmNode.getSpec().policy().name().equals(policy))
                .getSpec();
    }

    /** Returns once the node has no KsmNode. */
    void noKsmNode(String node) {
        await("no KsmNode " + node)
                .atMost(SOON)
                .until(() -> client.resources(KsmNode.class).withName(node).get() == null);
    }

    /** The policy, once it has a status, of its last generation, in which the condition stands so. */
    KsmPolicy policyWith(String name, String type, String status, String reason) {
        return await("policy %s %s=%s %s".formatted(name, type, status, reason))
                .atMost(SOON)
                .until(
                        () -> client.resources(KsmPolicy.class).withName(name).get(),
                        policy -> policy.getStatus() != null
                                && policy.getMetadata()
                                        .getGeneration()
                                        .equals(policy.getStatus().observedGeneration())
                                && condition(policy, type).getStatus().equals(status)
                                && condition(policy, type).getReason().equals(reason));
    }

    static Condition condition(KsmPolicy policy, String type) {
        return policy.getStatus().conditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    List<DaemonSet> daemonSets() {
        return client.apps()
                .daemonSets()
                .inNamespace(RunningOperator.NAMESPACE)
                .list()
                .getItems();
    }
}
