package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that a policy's status is made of: the nodes, the policies, and the KsmNodes by name.
 */
public record Fleet(List<NodeFacts> nodes, List<KsmPolicy> policies, Map<String, KsmNode> ksmNodes) {

    /** As the caches hold it. */
    public static Fleet of(List<NodeFacts> nodes, List<KsmPolicy> policies, List<KsmNode> ksmNodes) {
        return new Fleet(
                nodes,
                policies,
                ksmNodes.stream()
                        .collect(Collectors.toMap(node -> node.getMetadata().getName(), Function.identity())));
    }
}
