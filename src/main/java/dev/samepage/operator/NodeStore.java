package dev.samepage.operator;

import dev.samepage.policy.NodeFacts;
import dev.samepage.policy.Tuner;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A cache of Nodes that keeps of each only what {@link NodeFacts} looks at: a whole one is 10 to 50 kB. */
public final class NodeStore extends TransformingItemStore<Node> {

    public NodeStore() {
        super(NodeStore::trimmed);
    }

    private static Node trimmed(Node node) {
        NodeCondition[] ready = node.getStatus() == null
                ? new NodeCondition[0]
                : node.getStatus().getConditions().stream()
                        .filter(condition -> "Ready".equals(condition.getType()))
                        .toArray(NodeCondition[]::new);
        return new NodeBuilder()
                .withMetadata(trimmed(node.getMetadata()))
                .withNewStatus()
                .addToConditions(ready)
                .endStatus()
                .build();
    }

    private static ObjectMeta trimmed(ObjectMeta metadata) {
        var annotations = Objects.requireNonNullElse(metadata.getAnnotations(), Map.<String, String>of());
        var kept = new HashMap<>(annotations);
        kept.keySet().retainAll(Set.of(Tuner.RUN_BY_KUBEVIRT, Tuner.MARK));
        return new ObjectMetaBuilder()
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .withDeletionTimestamp(metadata.getDeletionTimestamp())
                .withLabels(metadata.getLabels())
                .withAnnotations(kept)
                .build();
    }
}
