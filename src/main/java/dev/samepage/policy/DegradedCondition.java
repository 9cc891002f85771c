package dev.samepage.policy;

import static dev.samepage.policy.Situation.nodes;

import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the policy works, but not all of what it asks for can be had. */
final class DegradedCondition {
    static final String TYPE = "Degraded";

    private DegradedCondition() {}

    static Finding of(Situation policy) {
        Agents.@Nullable Unavailable agents = policy.agents();
        List<Member> lacking = policy.territory().members().stream()
                .filter(member -> member.trueCondition(TYPE).isPresent())
                .toList();
        if (agents != null && policy.targeted() > 0) {
            return Finding.yes(agents.reason(), agents.message());
        }
        if (lacking.isEmpty()) {
            return Finding.no("Complete", "No node lacks a setting.");
        }
        Member first = lacking.getFirst();
        return Finding.yes(
                "NodesDegraded",
                "%d of %s lack a setting; the first: %s: %s"
                        .formatted(
                                lacking.size(),
                                nodes(policy.targeted()),
                                first.node(),
                                first.trueCondition(TYPE)
                                        .map(Condition::getMessage)
                                        .orElse("")));
    }
}
