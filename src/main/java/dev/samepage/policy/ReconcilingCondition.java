package dev.samepage.policy;

import static dev.samepage.policy.Situation.nodes;

import org.jspecify.annotations.Nullable;

/** Whether nodes are on the way and will arrive if they are waited for. */
final class ReconcilingCondition {
    private ReconcilingCondition() {}

    static Finding of(Situation policy) {
        Rollout rollout = policy.rollout();
        String progressing = nodes(policy.progressing());
        Agents.@Nullable Unavailable blockedBy = policy.blockedBy();
        if (policy.progressing() == 0) {
            return policy.isUncertain()
                    ? Finding.no(Situation.NODES_UNREACHABLE, "Of the nodes that can be reached none is on the way.")
                    : Finding.no("Done", "No node is on the way.");
        }
        if (policy.paused()) {
            return Finding.no("Paused", progressing + " not told while paused is true.");
        }
        if (policy.stopped()) {
            return Finding.no(StalledCondition.ROLLOUT_STOPPED, nodes(rollout.waiting()) + " not told of it.");
        }
        if (!policy.failed().isEmpty() && rollout.failed() > rollout.tolerated()) {
            return Finding.no(policy.reasonOfFailures(), progressing + " on the way, but others failed.");
        }
        if (blockedBy != null) {
            return Finding.no(blockedBy.reason(), progressing + " on the way, but not without an agent.");
        }
        if (policy.isConflicted()) {
            return Finding.no("Conflicted", progressing + " on the way, but in conflict.");
        }
        if (policy.isUnanswered() && rollout.waiting() == 0) {
            return Finding.yes(Situation.NO_AGENT, progressing + " on the way, but no agent answers there.");
        }
        return Finding.yes(
                "Progressing",
                rollout.waiting() == 0
                        ? progressing + " on the way."
                        : "%d of %s have it, %d at a time."
                                .formatted(policy.applied(), nodes(policy.targeted()), rollout.concurrent()));
    }
}
