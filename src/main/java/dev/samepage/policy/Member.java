package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.Mode;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node that a policy has won, and how it fares there.
 *
 * @param status what its agent reported last, null if nothing yet
 */
record Member(
        String node, Standing standing, Step step, @Nullable KsmNodeStatus status) {

    /** An agent gives a sign of life at least every 15 min; three are missed. */
    private static final Duration SILENCE = Duration.ofMinutes(45);

    /** Where it is on the way to what the policy wants. */
    enum Standing {
        APPLIED,
        PROGRESSING,
        /** Something was refused there, or somebody else keeps changing its settings. */
        FAILED,
        /** Its kubelet or its agent is not heard from: what it reported last may not hold any more. */
        UNREACHABLE
    }

    /** Where it is in the roll-out of what the policy wants. Those that have not been told come in the order of their turns. */
    enum Step {
        /** It has been told, and is not waited for. */
        TOLD,
        /** It has been told, and its agent said last that something was refused, or that somebody else keeps changing its settings. */
        REFUSES,
        /** It has been told, and has been lost over it: it cannot be reached, or its agent does not come to an end of it. */
        LOST,
        /** It has been told, and there was never an agent that could have acted on it. */
        AGENTLESS,
        /** It has been told, and its agent is at work on it. */
        AT_WORK,
        /** It has not been told, and its agent is at work on what it was told before. */
        BUSY,
        /** It has not been told. */
        WAITING,
        /** It has not been told, and its agent does not come to an end of what it was told before. */
        SILENT,
        /** It has not been told, and will not be before it can be reached. */
        OUT_OF_REACH
    }

    /**
     * Looks at a node.
     *
     * @param wanted what the policy wants of it
     * @param ksmNode what it was told and what it reported, null if it was told nothing yet
     */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    static Member of(NodeFacts node, KsmNodeSpec wanted, @Nullable KsmNode ksmNode, Clock clock) {
        boolean reachable = node.reachable() && (ksmNode == null || !new Patience(ksmNode, clock).isSilentFor(SILENCE));
        return new Member(
                node.name(),
                reachable ? standing(wanted, ksmNode) : Standing.UNREACHABLE,
                Assignment.hasBeenTold(ksmNode, wanted)
                        ? stepOfTold(ksmNode, reachable, clock)
                        : stepOfUntold(ksmNode, reachable, clock),
                ksmNode == null ? null : ksmNode.getStatus());
    }

    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    private static Standing standing(KsmNodeSpec wanted, @Nullable KsmNode ksmNode) {
        var spec = ksmNode == null ? null : ksmNode.getSpec();
        var status = ksmNode == null ? null : ksmNode.getStatus();
        boolean toldAll =
                spec != null && isSamePolicy(spec, wanted) && spec.hash().equals(wanted.hash());
        if (!toldAll || status == null || !wanted.hash().equals(status.hash())) {
            return Standing.PROGRESSING;
        }
        State done = isObserve(wanted) ? State.OBSERVING : State.APPLIED;
        if (status.state() == done) {
            return Standing.APPLIED;
        }
        return isRefusal(status) ? Standing.FAILED : Standing.PROGRESSING;
    }

    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private static Step stepOfTold(KsmNode ksmNode, boolean reachable, Clock clock) {
        if (isAtRest(ksmNode)) {
            return isRefusal(ksmNode.getStatus()) ? Step.REFUSES : Step.TOLD;
        }
        if (!reachable) {
            return Step.LOST;
        }
        if (!new Patience(ksmNode, clock).isAtAnEnd()) {
            return Step.AT_WORK;
        }
        return ksmNode.getStatus() == null ? Step.AGENTLESS : Step.LOST;
    }

    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    private static Step stepOfUntold(@Nullable KsmNode ksmNode, boolean reachable, Clock clock) {
        if (!reachable) {
            return Step.OUT_OF_REACH;
        }
        if (ksmNode == null || ksmNode.getSpec() == null || isAtRest(ksmNode)) {
            return Step.WAITING;
        }
        return new Patience(ksmNode, clock).isAtAnEnd() ? Step.SILENT : Step.BUSY;
    }

    /** Whether its agent has done what it was told, or has said that it cannot. */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private static boolean isAtRest(KsmNode ksmNode) {
        return ksmNode.getStatus() != null
                && ksmNode.getSpec().hash().equals(ksmNode.getStatus().hash())
                && ksmNode.getStatus().state() != State.APPLYING;
    }

    private static boolean isRefusal(KsmNodeStatus status) {
        return status.state() == State.FAILED || status.state() == State.CONTENDED;
    }

    private static boolean isSamePolicy(KsmNodeSpec spec, KsmNodeSpec wanted) {
        return spec.policy() != null
                && wanted.policy() != null
                && spec.policy().name().equals(wanted.policy().name());
    }

    private static boolean isObserve(KsmNodeSpec wanted) {
        return wanted.settings() != null && wanted.settings().mode() == Mode.OBSERVE;
    }

    /** The node's condition {@code type}, where it is True. */
    Optional<Condition> trueCondition(String type) {
        return condition(type).filter(c -> "True".equals(c.getStatus()));
    }

    /** Whether it counts as failed by what it was told: it refuses that, or has been lost over it. */
    boolean isFailure() {
        return step == Step.REFUSES || step == Step.LOST;
    }

    /** Whether it may not be as the policy wants it, and nobody can ask it. */
    boolean isUncertain() {
        return standing == Standing.UNREACHABLE && step != Step.TOLD;
    }

    /** Whether it can be reached and was told, and has not answered for so long that nobody counts on it. */
    boolean isUnanswered() {
        return standing == Standing.PROGRESSING && (step == Step.LOST || step == Step.AGENTLESS);
    }

    /** Whether no agent has been there since the node was first told something. */
    boolean hasNeverReported() {
        return status == null;
    }

    /** Whether it failed because somebody else keeps changing its settings. */
    boolean isContended() {
        return standing == Standing.FAILED && status != null && status.state() == State.CONTENDED;
    }

    /** The node as an example of a failure. */
    Example asExample() {
        String reason = condition("Ready").map(Condition::getReason).orElse("Failed");
        return new Example(node, Objects.requireNonNullElse(reason, "Failed"), message());
    }

    /** What happened on the node, for a person. */
    String message() {
        if (step == Step.LOST) {
            return standing == Standing.UNREACHABLE
                    ? "it was told, and cannot be reached since"
                    : "it was told, and its agent does not come to an end of it";
        }
        String message = status == null ? null : status.message();
        return Objects.requireNonNullElse(message, "no reason was given");
    }

    private Optional<Condition> condition(String type) {
        return status == null
                ? Optional.empty()
                : status.conditions().stream()
                        .filter(c -> type.equals(c.getType()))
                        .findFirst();
    }
}
