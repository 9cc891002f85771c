package dev.samepage.policy;

import static dev.samepage.policy.Situation.names;
import static dev.samepage.policy.Situation.nodes;
import static java.util.stream.Collectors.joining;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether every node is as the policy wants it, and if not, what keeps them. */
final class ReadyCondition {
    private ReadyCondition() {}

    static Finding of(Situation policy) {
        Agents.@Nullable Unavailable blockedBy = policy.blockedBy();
        if (!policy.failed().isEmpty()) {
            Member first = policy.failed().getFirst();
            return Finding.no(
                    policy.reasonOfFailures(),
                    "%s; the first: %s: %s".formatted(policy.howManyFailed(), first.node(), first.message()));
        }
        if (policy.stopped()) {
            return Finding.no(StalledCondition.ROLLOUT_STOPPED, StalledCondition.whyStopped(policy));
        }
        if (blockedBy != null) {
            return Finding.no(blockedBy.reason(), policy.progress() + " " + blockedBy.message());
        }
        if (policy.isConflicted()) {
            return Finding.no(
                    "Conflicted", (policy.targeted() == 0 ? "" : policy.progress() + " ") + policy.conflict());
        }
        if (policy.targeted() == 0) {
            return Finding.yes("NoNodes", whyNoNodes(policy));
        }
        if (policy.paused()) {
            return new Finding(
                    policy.progressing() == 0 && !policy.isUncertain(),
                    "Paused",
                    policy.progress() + " Paused: no node is told anything else.");
        }
        if (policy.progressing() > 0) {
            return Finding.no(policy.isUnanswered() ? Situation.NO_AGENT : "Progressing", policy.progress());
        }
        if (policy.isUncertain()) {
            return Finding.no(Situation.NODES_UNREACHABLE, policy.progress());
        }
        return Finding.yes("Applied", policy.progress());
    }

    private static String whyNoNodes(Situation policy) {
        Territory territory = policy.territory();
        if (territory.matched() == 0) {
            return "nodeSelector matches no node.";
        }
        Stream<String> won = territory.overridden() == 0
                ? Stream.empty()
                : Stream.of("%d won by another policy (%s)"
                        .formatted(
                                territory.overridden(),
                                names(territory.winners().keySet())));
        return Stream.concat(won, policy.skipped().stream())
                .collect(joining(", ", "nodeSelector matches %s: ".formatted(nodes(territory.matched())), "."));
    }
}
