package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.Mode;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node that a policy has won, and how it fares there.
 *
 * @param status what its agent reported last, null if nothing yet
 */
record Member(String node, Standing standing, @Nullable KsmNodeStatus status) {

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

    /**
     * Looks at a node.
     *
     * @param wanted what the policy wants of it
     * @param ksmNode what it was told and what it reported, null if it was told nothing yet
     */
    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    static Member of(NodeFacts node, KsmNodeSpec wanted, @Nullable KsmNode ksmNode, Clock clock) {
        var spec = ksmNode == null ? null : ksmNode.getSpec();
        var status = ksmNode == null ? null : ksmNode.getStatus();
        return new Member(node.name(), standing(node, wanted, spec, status, clock), status);
    }

    private static Standing standing(
            NodeFacts node,
            KsmNodeSpec wanted,
            @Nullable KsmNodeSpec spec,
            @Nullable KsmNodeStatus status,
            Clock clock) {
        if (!node.reachable() || isSilent(status, clock)) {
            return Standing.UNREACHABLE;
        }
        boolean toldAll =
                spec != null && isSamePolicy(spec, wanted) && spec.hash().equals(wanted.hash());
        if (!toldAll || status == null || !wanted.hash().equals(status.hash())) {
            return Standing.PROGRESSING;
        }
        State done = isObserve(wanted) ? State.OBSERVING : State.APPLIED;
        if (status.state() == done) {
            return Standing.APPLIED;
        }
        return status.state() == State.FAILED || status.state() == State.CONTENDED
                ? Standing.FAILED
                : Standing.PROGRESSING;
    }

    private static boolean isSamePolicy(KsmNodeSpec spec, KsmNodeSpec wanted) {
        return spec.policy() != null
                && wanted.policy() != null
                && spec.policy().name().equals(wanted.policy().name());
    }

    private static boolean isObserve(KsmNodeSpec wanted) {
        return wanted.settings() != null && wanted.settings().mode() == Mode.OBSERVE;
    }

    private static boolean isSilent(@Nullable KsmNodeStatus status, Clock clock) {
        if (status == null || status.sampleTime() == null) {
            return false;
        }
        try {
            return Instant.parse(status.sampleTime()).isBefore(clock.instant().minus(SILENCE));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** The node's condition {@code type}, where it is True. */
    Optional<Condition> trueCondition(String type) {
        return condition(type).filter(c -> "True".equals(c.getStatus()));
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
