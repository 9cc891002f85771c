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

    /** Set to {@code true} by KubeVirt on the nodes where it has ksmd running itself, and for as long as that. */
    public static final String TUNED_BY_KUBEVIRT = "kubevirt.io/ksm-handler-managed";

    /**
     * Set to {@code true} by KubeVirt, since 1.3, on the nodes that its {@code ksmConfiguration} selects. It stops ksmd there every 3 min
     * while memory is not short, and the annotation says nothing of that.
     */
    static final String SELECTED_BY_KUBEVIRT = "kubevirt.io/ksm-enabled";

    public NodeFacts {
        labels = Map.copyOf(labels);
    }

    /** What matters of {@code node}. */
    public static NodeFacts of(Node node) {
        var metadata = node.getMetadata();
        var labels = Objects.requireNonNullElse(metadata.getLabels(), Map.<String, String>of());
        var annotations = Objects.requireNonNullElse(metadata.getAnnotations(), Map.<String, String>of());
        return new NodeFacts(
                metadata.getName(),
                labels,
                "true".equals(annotations.get(TUNED_BY_KUBEVIRT)) || "true".equals(labels.get(SELECTED_BY_KUBEVIRT)),
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
