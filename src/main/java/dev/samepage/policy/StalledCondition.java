package dev.samepage.policy;

import static dev.samepage.policy.Situation.nodes;
import static java.util.stream.Collectors.joining;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether something failed that waiting does not mend. */
final class StalledCondition {
    /** Too many nodes failed for others to be told. */
    static final String ROLLOUT_STOPPED = "RolloutStopped";

    private static final int NAMED = 3;

    private StalledCondition() {}

    static Finding of(Situation policy) {
        List<Member> failed = policy.failed();
        Agents.@Nullable Unavailable blockedBy = policy.blockedBy();
        if (policy.stopped()) {
            return Finding.yes(ROLLOUT_STOPPED, whyStopped(policy));
        }
        if (!failed.isEmpty() && !goesOnInSpiteOfFailures(policy)) {
            return Finding.yes(
                    policy.reasonOfFailures(),
                    policy.howManyFailed() + "; Ready names the first, examples the first five.");
        }
        if (blockedBy != null) {
            return Finding.yes(blockedBy.reason(), blockedBy.message());
        }
        if (policy.isConflicted()) {
            // It does not end by itself, so whoever waits is not to wait.
            return Finding.yes("Conflicted", policy.conflict());
        }
        if (failed.isEmpty()) {
            return Finding.no("NoFailures", "No node failed.");
        }
        return Finding.no(
                "FailuresTolerated",
                "%d of %s failed; rollout.maxFailures tolerates %d, and the others go on."
                        .formatted(
                                failed.size(),
                                nodes(policy.targeted()),
                                policy.rollout().tolerated()));
    }

    /** Whoever waits for the policy is not to give up while nodes are on the way that the failures do not hold up. */
    private static boolean goesOnInSpiteOfFailures(Situation policy) {
        return policy.progressing() > 0
                && policy.rollout().failed() <= policy.rollout().tolerated()
                && !policy.paused();
    }

    /** Who failed, and what to do about it. */
    static String whyStopped(Situation policy) {
        List<Member> failures = policy.territory().failures();
        return "%s not told, because %d of %d failed and rollout.maxFailures (%s) tolerates %d. %s Repair %s, or change the policy, and it goes on; or raise rollout.maxFailures."
                .formatted(
                        nodes(policy.rollout().waiting()),
                        failures.size(),
                        policy.targeted(),
                        policy.policy().getSpec().rollout().maxFailures(),
                        policy.rollout().tolerated(),
                        failures.stream()
                                .limit(NAMED)
                                .map(member ->
                                        member.node() + ": " + member.message().replaceFirst("[.]$", ""))
                                .collect(joining("; ", "The first: ", ".")),
                        failures.size() == 1 ? "it" : "them");
    }
}
