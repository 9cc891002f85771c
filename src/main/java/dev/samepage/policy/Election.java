package dev.samepage.policy;

import dev.samepage.api.KsmPolicy;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Which policy wins a node: of those that match it, the one with the highest priority, and of several such the one with the
 * lowest name. One whole policy wins.
 */
public final class Election {
    private static final Comparator<KsmPolicy> STRONGEST_FIRST = Comparator.comparing(
                    (KsmPolicy policy) -> policy.getSpec().priority())
            .reversed()
            .thenComparing(policy -> policy.getMetadata().getName());

    private Election() {}

    /** The winner of {@code node}, none where it is not a Linux node, among {@code policies}, in whatever order they come. */
    public static Outcome of(NodeFacts node, Collection<KsmPolicy> policies) {
        return among(node, contenders(policies));
    }

    /** Those of {@code policies} that can win anything, the strongest first: the same for every node. */
    static List<KsmPolicy> contenders(Collection<KsmPolicy> policies) {
        return policies.stream()
                .filter(Election::takesPart)
                .sorted(STRONGEST_FIRST)
                .toList();
    }

    /** The winner of {@code node} among {@link #contenders}. */
    static Outcome among(NodeFacts node, List<KsmPolicy> contenders) {
        List<KsmPolicy> matching = contenders.stream()
                .filter(policy -> policy.getSpec().nodeSelector().matches(node.labels()))
                .toList();
        if (matching.isEmpty() || !node.isLinux()) {
            return new Outcome.Uncovered();
        }
        KsmPolicy winner = matching.getFirst();
        List<KsmPolicy> losers = matching.subList(1, matching.size());
        return node.tuner() == Tuner.SAMEPAGE ? new Outcome.Won(winner, losers) : new Outcome.Skipped(winner, losers);
    }

    /** Whether a policy can win anything: it is not being deleted, and this version understands it. */
    static boolean takesPart(KsmPolicy policy) {
        return !policy.isMarkedForDeletion() && isUnderstood(policy);
    }

    /**
     * Whether this version understands the policy. A newer one may have stored a mode or an operator that reads as null here.
     */
    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent and an operator unknown
    static boolean isUnderstood(KsmPolicy policy) {
        return policy.getSpec() != null
                && policy.getSpec().mode() != null
                && policy.getSpec().nodeSelector().matchExpressions().stream().allMatch(r -> r.operator() != null);
    }
}
