package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All that a policy's status is made of: the nodes, the policies, the KsmNodes by name, and what is known of the agents.
 */
public record Fleet(List<NodeFacts> nodes, List<KsmPolicy> policies, Map<String, KsmNode> ksmNodes, Agents agents) {

    /** A fleet of whose agents nothing is known. */
    Fleet(List<NodeFacts> nodes, List<KsmPolicy> policies, Map<String, KsmNode> ksmNodes) {
        this(nodes, policies, ksmNodes, new Agents.Unknown());
    }

    /** As the caches hold it, and nothing known of the agents. */
    public static Fleet of(List<NodeFacts> nodes, List<KsmPolicy> policies, List<KsmNode> ksmNodes) {
        return new Fleet(
                nodes,
                policies,
                ksmNodes.stream()
                        .collect(Collectors.toMap(node -> node.getMetadata().getName(), Function.identity())));
    }

    /** The same fleet with what is known of its agents. */
    public Fleet with(Agents known) {
        return new Fleet(nodes, policies, ksmNodes, known);
    }
}
