package dev.samepage.policy;

import io.fabric8.kubernetes.api.model.Node;
import java.util.Map;
import java.util.Objects;

/**
 * What matters of a Node: while this stays equal, nothing is to be decided anew.
 *
 * @param tuner who tunes KSM on it
 * @param reachable false while the cluster does not hear from its kubelet (the Ready condition is Unknown)
 */
public record NodeFacts(String name, Map<String, String> labels, Tuner tuner, boolean reachable) {

    public NodeFacts {
        labels = Map.copyOf(labels);
    }

    /** What matters of {@code node}. */
    public static NodeFacts of(Node node) {
        var metadata = node.getMetadata();
        var labels = Objects.requireNonNullElse(metadata.getLabels(), Map.<String, String>of());
        return new NodeFacts(metadata.getName(), labels, Tuner.of(node), !saysUnknown(node));
    }

    /** Whether its kernel can be Linux: there are no agents on others. */
    boolean isLinux() {
        return "linux".equals(labels.getOrDefault("kubernetes.io/os", "linux"));
    }

    private static boolean saysUnknown(Node node) {
        return node.getStatus() != null
                && node.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "Unknown".equals(c.getStatus()));
    }
}
