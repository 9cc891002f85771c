package dev.samepage.policy;

import static java.util.stream.Collectors.joining;

import dev.samepage.api.Conditions;
import dev.samepage.api.KsmPolicy;
import dev.samepage.policy.Member.Standing;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The five conditions of a policy, read as kstatus reads them (and with it Flux and Argo CD): Stalled=True is a failure,
 * Reconciling=True or Ready=False is progress, everything else is well. All five are always there; at most one of Stalled and
 * Reconciling is True.
 */
final class PolicyConditions {
    private static final String READY = "Ready";
    private static final String RECONCILING = "Reconciling";
    private static final String STALLED = "Stalled";
    private static final String DEGRADED = "Degraded";
    private static final String CONFLICTED = "Conflicted";

    /** Too many nodes failed for others to be told. */
    private static final String ROLLOUT_STOPPED = "RolloutStopped";

    private static final int NAMES = 3;

    /** Characters of a node's message where several are told in one sentence. */
    private static final int SHORT = 128;

    private final KsmPolicy policy;
    private final Territory territory;
    private final Rollout rollout;
    private final int targeted;
    private final int applied;
    private final int progressing;
    private final List<Member> failed;
    private final Agents.@Nullable Unavailable agents;
    private final boolean blocked;
    private final boolean stopped;

    /**
     * What becomes of {@code policy} in its {@code territory}.
     *
     * @param agents why the agents are not as the installation wants them, null if they are
     */
    PolicyConditions(KsmPolicy policy, Territory territory, Rollout rollout, Agents.@Nullable Unavailable agents) {
        this.policy = policy;
        this.territory = territory;
        this.rollout = rollout;
        this.agents = agents;
        targeted = territory.members().size();
        applied = territory.count(Standing.APPLIED);
        progressing = territory.count(Standing.PROGRESSING);
        failed = territory.all(Standing.FAILED);
        stopped = rollout.stopped() && !policy.getSpec().paused();
        blocked = agents != null
                && !policy.getSpec().paused()
                && territory.all(Standing.PROGRESSING).stream().anyMatch(Member::hasNeverReported);
    }

    /** Why the agents were not as the installation wanted them when the conditions were last written, null if they were. */
    static Agents.@Nullable Unavailable agentsUnavailableIn(Conditions conditions) {
        return conditions
                .heldBefore(DEGRADED)
                .filter(degraded -> Agents.Unavailable.isReason(degraded.getReason()))
                .map(degraded -> new Agents.Unavailable(degraded.getReason(), degraded.getMessage()))
                .orElse(null);
    }

    /** Of a policy that was stored by a newer version and cannot be acted on by this one. */
    static List<Condition> notUnderstood(Conditions conditions) {
        String reason = "NotUnderstood";
        String message =
                "This version of Samepage does not know the policy's mode, or an operator of its nodeSelector. "
                        + "The policy takes no part, and its nodes stay as they are, unless another policy matches them. Upgrade Samepage, or write a mode that it knows: "
                        + "Observe, Stopped, Unmerged, Fixed, KernelAdvisor or Adaptive.";
        return conditions
                .with(READY, false, reason, message)
                .with(RECONCILING, false, reason, "Nothing can be done.")
                .with(STALLED, true, reason, message)
                .with(DEGRADED, false, reason, "Nothing was applied.")
                .with(CONFLICTED, false, reason, "The policy takes no part.")
                .list();
    }

    List<Condition> in(Conditions conditions) {
        ready(conditions);
        reconciling(conditions);
        stalled(conditions);
        degraded(conditions);
        conflicted(conditions);
        return conditions.list();
    }

    private void ready(Conditions conditions) {
        if (!failed.isEmpty()) {
            conditions.with(
                    READY,
                    false,
                    failures(),
                    "%s; the first: %s: %s"
                            .formatted(
                                    howManyFailed(),
                                    failed.getFirst().node(),
                                    failed.getFirst().message()));
        } else if (agents != null && blocked) {
            conditions.with(READY, false, agents.reason(), progress() + " " + agents.message());
        } else if (!territory.rivals().isEmpty()) {
            conditions.with(READY, false, "Conflicted", (targeted == 0 ? "" : progress() + " ") + conflict());
        } else if (targeted == 0) {
            conditions.with(READY, true, "NoNodes", whyNoNodes());
        } else if (policy.getSpec().paused()) {
            conditions.with(READY, progressing == 0, "Paused", progress() + " Paused: no node is changed.");
        } else if (progressing > 0) {
            conditions.with(READY, false, "Progressing", progress());
        } else {
            conditions.with(READY, true, "Applied", progress());
        }
    }

    private void reconciling(Conditions conditions) {
        if (progressing == 0) {
            conditions.with(RECONCILING, false, "Done", "No node is on the way.");
        } else if (policy.getSpec().paused()) {
            conditions.with(RECONCILING, false, "Paused", nodes(progressing) + " not changed while paused is true.");
        } else if (stopped) {
            conditions.with(RECONCILING, false, ROLLOUT_STOPPED, nodes(rollout.waiting()) + " not told of it.");
        } else if (failed.size() > rollout.tolerated()) {
            conditions.with(RECONCILING, false, failures(), nodes(progressing) + " on the way, but others failed.");
        } else if (agents != null && blocked) {
            conditions.with(
                    RECONCILING, false, agents.reason(), nodes(progressing) + " on the way, but not without an agent.");
        } else if (!territory.rivals().isEmpty()) {
            conditions.with(RECONCILING, false, "Conflicted", nodes(progressing) + " on the way, but in conflict.");
        } else {
            conditions.with(
                    RECONCILING,
                    true,
                    "Progressing",
                    rollout.waiting() == 0
                            ? nodes(progressing) + " on the way."
                            : "%d of %s have it, %d at a time."
                                    .formatted(applied, nodes(targeted), rollout.concurrent()));
        }
    }

    private void stalled(Conditions conditions) {
        if (stopped) {
            conditions.with(STALLED, true, ROLLOUT_STOPPED, whyStopped());
        } else if (!failed.isEmpty() && !goesOnInSpiteOfFailures()) {
            conditions.with(
                    STALLED, true, failures(), howManyFailed() + "; Ready names the first, examples the first five.");
        } else if (agents != null && blocked) {
            conditions.with(STALLED, true, agents.reason(), agents.message());
        } else if (!territory.rivals().isEmpty()) {
            // It does not end by itself, so whoever waits is not to wait.
            conditions.with(STALLED, true, "Conflicted", conflict());
        } else if (failed.isEmpty()) {
            conditions.with(STALLED, false, "NoFailures", "No node failed.");
        } else {
            conditions.with(
                    STALLED,
                    false,
                    "FailuresTolerated",
                    "%d of %s failed; rollout.maxFailures tolerates %d, and the others go on."
                            .formatted(failed.size(), nodes(targeted), rollout.tolerated()));
        }
    }

    /** Whoever waits for the policy is not to give up while nodes are on the way that the failures do not hold up. */
    private boolean goesOnInSpiteOfFailures() {
        return progressing > 0
                && failed.size() <= rollout.tolerated()
                && !policy.getSpec().paused();
    }

    private String whyStopped() {
        return "%s not told, because %d of %d failed and rollout.maxFailures (%s) tolerates %d. %s Repair %s, or change the policy, and it goes on; or raise rollout.maxFailures."
                .formatted(
                        nodes(rollout.waiting()),
                        failed.size(),
                        targeted,
                        policy.getSpec().rollout().maxFailures(),
                        rollout.tolerated(),
                        failed.stream()
                                .limit(NAMES)
                                .map(member -> member.node() + ": " + inShort(member.message()))
                                .collect(joining("; ", "The first: ", ".")),
                        failed.size() == 1 ? "it" : "them");
    }

    private static String inShort(String message) {
        return message.length() <= SHORT ? message.replaceFirst("[.]$", "") : message.substring(0, SHORT - 1) + "…";
    }

    private void degraded(Conditions conditions) {
        List<Member> lacking = territory.members().stream()
                .filter(member -> member.trueCondition(DEGRADED).isPresent())
                .toList();
        if (agents != null && targeted > 0) {
            conditions.with(DEGRADED, true, agents.reason(), agents.message());
        } else if (lacking.isEmpty()) {
            conditions.with(DEGRADED, false, "Complete", "No node lacks a setting.");
        } else {
            Member first = lacking.getFirst();
            conditions.with(
                    DEGRADED,
                    true,
                    "NodesDegraded",
                    "%d of %s lack a setting; the first: %s: %s"
                            .formatted(
                                    lacking.size(),
                                    nodes(targeted),
                                    first.node(),
                                    first.trueCondition(DEGRADED)
                                            .map(Condition::getMessage)
                                            .orElse("")));
        }
    }

    private void conflicted(Conditions conditions) {
        if (territory.rivals().isEmpty()) {
            conditions.with(
                    CONFLICTED, false, "NoConflict", "No other policy of this priority matches the same nodes.");
        } else {
            conditions.with(CONFLICTED, true, "SamePriority", conflict());
        }
    }

    private String failures() {
        return contended() == failed.size() ? "NodesContended" : "NodesFailed";
    }

    private String howManyFailed() {
        String others = "somebody else keeps changing KSM's settings";
        if (contended() == failed.size()) {
            return "On %d of %s %s".formatted(failed.size(), nodes(targeted), others);
        }
        return "%d of %s failed%s"
                .formatted(
                        failed.size(),
                        nodes(targeted),
                        contended() == 0 ? "" : ", %d of them because %s".formatted(contended(), others));
    }

    private long contended() {
        return failed.stream().filter(Member::isContended).count();
    }

    private String conflict() {
        return "Of the same priority (%d), and matching some of the same nodes: %s. The lowest name wins them; give one of the policies another priority."
                .formatted(policy.getSpec().priority(), names(territory.rivals()));
    }

    /** Where none has failed. */
    private String progress() {
        int unreachable = targeted - applied - progressing;
        return "%d of %s as the policy wants%s%s."
                .formatted(
                        applied,
                        nodes(targeted),
                        progressing == 0 ? "" : ", %d on the way".formatted(progressing),
                        unreachable == 0 ? "" : ", %d cannot be reached".formatted(unreachable));
    }

    private String whyNoNodes() {
        if (territory.matched() == 0) {
            return "nodeSelector matches no node.";
        }
        var reasons = new StringBuilder("nodeSelector matches %s:".formatted(nodes(territory.matched())));
        if (territory.overridden() > 0) {
            reasons.append(" %d won by another policy (%s)"
                    .formatted(territory.overridden(), names(territory.winners().keySet())));
        }
        if (territory.skipped() > 0) {
            reasons.append(territory.overridden() > 0 ? "," : "")
                    .append(" %d tuned by KubeVirt itself (its ksmConfiguration) and skipped"
                            .formatted(territory.skipped()));
        }
        return reasons.append('.').toString();
    }

    private static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }

    private static String names(Collection<String> names) {
        return names.stream().limit(NAMES).collect(joining(", "))
                + (names.size() > NAMES ? " and %d more".formatted(names.size() - NAMES) : "");
    }
}
