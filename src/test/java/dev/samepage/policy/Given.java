package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies, nodes and reports to decide about. */
final class Given {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    private Given() {}

    /** A policy of generation 3, read as the API server's answer would be. */
    static KsmPolicy policy(String name, String spec) {
        KsmPolicy policy = YAML.unmarshal("spec: " + spec, KsmPolicy.class);
        policy.setMetadata(
                new ObjectMetaBuilder().withName(name).withGeneration(3L).build());
        return policy;
    }

    /** A policy for every node, with mode Fixed. */
    static KsmPolicy forAll(String name, int priority) {
        return policy(
                name, "{nodeSelector: {}, priority: %d, mode: Fixed, fixed: {pagesToScan: 1000}}".formatted(priority));
    }

    static NodeFacts node(String name) {
        return new NodeFacts(name, Map.of(), Tuner.SAMEPAGE, true);
    }

    static KsmNode ksmNode(String name, @Nullable KsmNodeSpec spec, @Nullable KsmNodeStatus status) {
        var node = new KsmNode();
        node.setMetadata(
                new ObjectMetaBuilder().withName(name).withGeneration(1L).build());
        if (spec != null) {
            node.setSpec(spec);
        }
        if (status != null) {
            node.setStatus(status);
        }
        return node;
    }

    /** A KsmNode that has what {@code policy} wants and says so. */
    static KsmNode obeying(String name, KsmPolicy policy, State state) {
        KsmNodeSpec spec = Assignment.specFrom(policy);
        return ksmNode(name, spec, report(state, spec.hash()));
    }

    static KsmNodeStatus report(State state, String hash) {
        return report(state, hash, "all is well", "2026-03-01T11:55:00Z", List.of());
    }

    static KsmNodeStatus report(
            State state,
            String hash,
            @Nullable String message,
            @Nullable String sampleTime,
            List<Condition> conditions) {
        return new KsmNodeStatus(
                1L,
                state,
                message,
                hash,
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                sampleTime,
                conditions);
    }

    static Condition condition(String type, String status, @Nullable String reason, String message) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .build();
    }
}
