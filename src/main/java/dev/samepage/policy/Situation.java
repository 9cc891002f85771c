package dev.samepage.policy;

import static java.util.stream.Collectors.joining;

import dev.samepage.api.KsmPolicy;
import dev.samepage.policy.Member.Standing;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a policy fares, as several of its conditions have to know it, and the words that they have in common.
 *
 * @param agents why the agents are not as the installation wants them, null if they are
 */
record Situation(KsmPolicy policy, Territory territory, Rollout rollout, Agents.@Nullable Unavailable agents) {
    /** Nodes that are told cannot act on it: for minutes no agent has answered there. */
    static final String NO_AGENT = "NoAgent";

    /** Nodes cannot be reached, and may not be as the policy wants them. */
    static final String NODES_UNREACHABLE = "NodesUnreachable";

    private static final int NAMES = 3;

    boolean paused() {
        return policy.getSpec().paused();
    }

    /** Whether nobody else is told, because too many nodes failed; a paused policy tells nobody anyway. */
    boolean stopped() {
        return rollout.stopped() && !paused();
    }

    /** Why nodes that are on the way will not arrive: they have no agent, and get none. Null where they may. */
    Agents.@Nullable Unavailable blockedBy() {
        boolean waitsForAgents = territory.all(Standing.PROGRESSING).stream().anyMatch(Member::hasNeverReported);
        return waitsForAgents && !paused() ? agents : null;
    }

    boolean isConflicted() {
        return !territory.rivals().isEmpty();
    }

    int targeted() {
        return territory.members().size();
    }

    int applied() {
        return territory.count(Standing.APPLIED);
    }

    int progressing() {
        return territory.count(Standing.PROGRESSING);
    }

    List<Member> failed() {
        return territory.all(Standing.FAILED);
    }

    /** The reason where nodes have failed. */
    String reasonOfFailures() {
        return contended() == failed().size() ? "NodesContended" : "NodesFailed";
    }

    String howManyFailed() {
        String others = "somebody else keeps changing KSM's settings";
        int failed = failed().size();
        if (contended() == failed) {
            return "On %d of %s %s".formatted(failed, nodes(targeted()), others);
        }
        return "%d of %s failed%s"
                .formatted(
                        failed,
                        nodes(targeted()),
                        contended() == 0 ? "" : ", %d of them because %s".formatted(contended(), others));
    }

    private long contended() {
        return failed().stream().filter(Member::isContended).count();
    }

    /** Whether no node on the way answers, so that nobody knows whether any will arrive. */
    boolean isUnanswered() {
        return progressing() > 0 && unanswered().size() == progressing();
    }

    /** Whether nodes that cannot be reached may not be as the policy wants them; where no other node is, none is known to be. */
    boolean isUncertain() {
        List<Member> unreachable = territory.all(Standing.UNREACHABLE);
        return unreachable.stream().anyMatch(Member::isUncertain) || (!unreachable.isEmpty() && applied() == 0);
    }

    /** Where none has failed. */
    String progress() {
        List<Member> unreachable = territory.all(Standing.UNREACHABLE);
        return "%d of %s as the policy wants%s%s%s%s."
                .formatted(
                        applied(),
                        nodes(targeted()),
                        progressing() == 0 ? "" : ", %d on the way".formatted(progressing()),
                        unanswered().isEmpty()
                                ? ""
                                : " (no agent answers on %s)".formatted(names(nodesOf(unanswered()))),
                        unreachable.isEmpty()
                                ? ""
                                : ", %d cannot be reached (%s)"
                                        .formatted(unreachable.size(), names(nodesOf(unreachable))),
                        skipped().stream().map(", "::concat).collect(joining()));
    }

    /** The nodes that it leaves alone: how many, and why. */
    List<String> skipped() {
        return territory.left().entrySet().stream()
                .map(left -> "%d skipped: %s"
                        .formatted(left.getValue(), left.getKey().tunes("them")))
                .toList();
    }

    private List<Member> unanswered() {
        return territory.members().stream().filter(Member::isUnanswered).toList();
    }

    private static List<String> nodesOf(List<Member> members) {
        return members.stream().map(Member::node).toList();
    }

    String conflict() {
        return "Of the same priority (%d), and matching some of the same nodes: %s. The lowest name wins them; give one of the policies another priority."
                .formatted(policy.getSpec().priority(), names(territory.rivals()));
    }

    static String nodes(int count) {
        return count == 1 ? "1 node" : count + " nodes";
    }

    /** The first three. */
    static String names(Collection<String> names) {
        return names.stream().limit(NAMES).collect(joining(", "))
                + (names.size() > NAMES ? " and %d more".formatted(names.size() - NAMES) : "");
    }
}
