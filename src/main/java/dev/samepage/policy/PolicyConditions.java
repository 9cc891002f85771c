package dev.samepage.policy;

import dev.samepage.api.Conditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The five conditions of a policy, read as kstatus reads them (and with it Flux and Argo CD): Stalled=True is a failure,
 * Reconciling=True or Ready=False is progress, everything else is well. All five are always there; at most one of Stalled and
 * Reconciling is True.
 */
final class PolicyConditions {
    private PolicyConditions() {}

    /** Why the agents were not as the installation wanted them when the conditions were last written, null if they were. */
    static Agents.@Nullable Unavailable agentsUnavailableIn(Conditions conditions) {
        return conditions
                .heldBefore(DegradedCondition.TYPE)
                .filter(degraded -> Agents.Unavailable.isReason(degraded.getReason()))
                .map(degraded -> new Agents.Unavailable(degraded.getReason(), degraded.getMessage()))
                .orElse(null);
    }

    /** Adds them to {@code conditions}. */
    static List<Condition> of(Situation policy, Conditions conditions) {
        return of(
                ReadyCondition.of(policy),
                ReconcilingCondition.of(policy),
                StalledCondition.of(policy),
                DegradedCondition.of(policy),
                conflicted(policy),
                conditions);
    }

    /** Of a policy that was stored by a newer version and cannot be acted on by this one. */
    static List<Condition> notUnderstood(Conditions conditions) {
        String reason = "NotUnderstood";
        String message =
                "This version of Samepage does not know the policy's mode, or an operator of its nodeSelector. "
                        + "The policy takes no part, and its nodes stay as they are, unless another policy matches them. Upgrade Samepage, or write a mode that it knows: "
                        + "Observe, Stopped, Unmerged, Fixed, KernelAdvisor or Adaptive.";
        return of(
                Finding.no(reason, message),
                Finding.no(reason, "Nothing can be done."),
                Finding.yes(reason, message),
                Finding.no(reason, "Nothing was applied."),
                Finding.no(reason, "The policy takes no part."),
                conditions);
    }

    private static Finding conflicted(Situation policy) {
        return policy.isConflicted()
                ? Finding.yes("SamePriority", policy.conflict())
                : Finding.no("NoConflict", "No other policy of this priority matches the same nodes.");
    }

    private static List<Condition> of(
            Finding ready,
            Finding reconciling,
            Finding stalled,
            Finding degraded,
            Finding conflicted,
            Conditions conditions) {
        add("Ready", ready, conditions);
        add("Reconciling", reconciling, conditions);
        add("Stalled", stalled, conditions);
        add(DegradedCondition.TYPE, degraded, conditions);
        add("Conflicted", conflicted, conditions);
        return conditions.list();
    }

    private static void add(String type, Finding finding, Conditions conditions) {
        conditions.with(type, finding.holds(), finding.reason(), finding.message());
    }
}
