package dev.samepage.policy;

import io.fabric8.kubernetes.api.model.Node;
import java.util.Map;
import java.util.Objects;

/** Who tunes KSM on a node, as the Node itself says: two would undo each other's work. */
public enum Tuner {
    /** Nobody else, so that Samepage may. */
    SAMEPAGE("Samepage tunes %s"),
    /** KubeVirt's virt-handler. */
    KUBEVIRT("KubeVirt tunes %s (its ksmConfiguration)"),
    /** Whoever the node's {@link #MARK} stands for. */
    ANOTHER("another program tunes %s (marked " + Tuner.MARK + ")");

    /** An annotation, or a label, by which people keep Samepage out of a node. */
    public static final String MARK = "ksm.samepage.dev/managed-by-another";

    /** Set to {@code true} by KubeVirt on the nodes where it has ksmd running itself, and for as long as that. */
    public static final String RUN_BY_KUBEVIRT = "kubevirt.io/ksm-handler-managed";

    /**
     * Set to {@code true} by KubeVirt, since 1.3, on the nodes that its {@code ksmConfiguration} selects. It stops ksmd there every 3 min
     * while memory is not short, and the annotation says nothing of that.
     */
    private static final String SELECTED_BY_KUBEVIRT = "kubevirt.io/ksm-enabled";

    private final String words;

    Tuner(String words) {
        this.words = words;
    }

    static Tuner of(Node node) {
        var labels = Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.<String, String>of());
        var annotations = Objects.requireNonNullElse(node.getMetadata().getAnnotations(), Map.<String, String>of());
        if ("true".equals(annotations.get(MARK)) || "true".equals(labels.get(MARK))) {
            return ANOTHER;
        }
        boolean kubeVirts =
                "true".equals(annotations.get(RUN_BY_KUBEVIRT)) || "true".equals(labels.get(SELECTED_BY_KUBEVIRT));
        return kubeVirts ? KUBEVIRT : SAMEPAGE;
    }

    /** Who tunes {@code nodes}, for a person; they are "it" or "them". */
    String tunes(String nodes) {
        return words.formatted(nodes);
    }
}
