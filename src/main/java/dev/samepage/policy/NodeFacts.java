package dev.samepage.policy;

import io.fabric8.kubernetes.api.model.Node;
import java.util.Map;
import java.util.Objects;

/**
 * What matters of a Node: while this stays equal, nothing is to be decided anew.
 *
 * @param tunedByKubeVirt whether KubeVirt's virt-handler tunes KSM on it and Samepage keeps out
 * @param reachable false while the cluster does not hear from its kubelet (the Ready condition is Unknown)
 */
public record NodeFacts(String name, Map<String, String> labels, boolean tunedByKubeVirt, boolean reachable) {

    /** Set to {@code true} by KubeVirt on the nodes whose KSM it tunes itself. */
    public static final String TUNED_BY_KUBEVIRT = "kubevirt.io/ksm-handler-managed";

    public NodeFacts {
        labels = Map.copyOf(labels);
    }

    /** What matters of {@code node}. */
    public static NodeFacts of(Node node) {
        var metadata = node.getMetadata();
        return new NodeFacts(
                metadata.getName(),
                Objects.requireNonNullElse(metadata.getLabels(), Map.of()),
                metadata.getAnnotations() != null
                        && "true".equals(metadata.getAnnotations().get(TUNED_BY_KUBEVIRT)),
                !saysUnknown(node));
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
