package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.Mode;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
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

    /** An agent says within seconds that it is at work on what it was told. */
    private static final Duration NO_ANSWER = Duration.ofMinutes(5);

    /** While an agent un-merges, for 10 min at most, it says nothing; and what waits for something is said every 15 min at least. */
    private static final Duration LONGEST_WORK = Duration.ofMinutes(25);

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
        /** It has been told, and is not waited for: it is done, or refuses, or does not answer. */
        TOLD,
        /** It has been told, and its agent is at work on it. */
        AT_WORK,
        /** It has not been told, and its agent is at work on what it was told before. */
        BUSY,
        /** It has not been told. */
        WAITING,
        /** It has not been told, and its agent does not answer what it was told before. */
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
    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    static Member of(NodeFacts node, KsmNodeSpec wanted, @Nullable KsmNode ksmNode, Clock clock) {
        var spec = ksmNode == null ? null : ksmNode.getSpec();
        var status = ksmNode == null ? null : ksmNode.getStatus();
        Standing standing = standing(node, wanted, spec, status, clock);
        return new Member(node.name(), standing, step(standing, wanted, ksmNode, clock), status);
    }

    private static Standing standing(
            NodeFacts node,
            KsmNodeSpec wanted,
            @Nullable KsmNodeSpec spec,
            @Nullable KsmNodeStatus status,
            Clock clock) {
        if (!node.reachable() || isSilent(status, SILENCE, clock)) {
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

    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    private static Step step(Standing standing, KsmNodeSpec wanted, @Nullable KsmNode ksmNode, Clock clock) {
        boolean told = Assignment.hasBeenTold(ksmNode, wanted);
        if (standing == Standing.UNREACHABLE) {
            return told ? Step.TOLD : Step.OUT_OF_REACH;
        }
        if (ksmNode == null || ksmNode.getSpec() == null || isAtRest(ksmNode.getSpec(), ksmNode.getStatus())) {
            return told ? Step.TOLD : Step.WAITING;
        }
        boolean answered = ksmNode.getStatus() != null
                && ksmNode.getSpec().hash().equals(ksmNode.getStatus().hash());
        if (answered ? isSilent(ksmNode.getStatus(), LONGEST_WORK, clock) : isOverdue(ksmNode, clock)) {
            return told ? Step.TOLD : Step.SILENT;
        }
        return told ? Step.AT_WORK : Step.BUSY;
    }

    /** Whether its agent has done what it was told, or has said that it cannot. */
    private static boolean isAtRest(KsmNodeSpec spec, @Nullable KsmNodeStatus status) {
        return status != null && spec.hash().equals(status.hash()) && status.state() != State.APPLYING;
    }

    private static boolean isOverdue(KsmNode ksmNode, Clock clock) {
        return lastTold(ksmNode)
                .filter(told -> told.isBefore(clock.instant().minus(NO_ANSWER)))
                .isPresent();
    }

    /** When the API server was last given another spec for it, as far as that is known. */
    private static Optional<Instant> lastTold(KsmNode ksmNode) {
        var metadata = ksmNode.getMetadata();
        return Stream.concat(
                        metadata.getManagedFields().stream()
                                .filter(entry -> entry.getSubresource() == null
                                        || entry.getSubresource().isEmpty())
                                .map(ManagedFieldsEntry::getTime),
                        Stream.ofNullable(metadata.getCreationTimestamp()))
                .flatMap(time -> instant(time).stream())
                .max(Comparator.naturalOrder());
    }

    private static boolean isSamePolicy(KsmNodeSpec spec, KsmNodeSpec wanted) {
        return spec.policy() != null
                && wanted.policy() != null
                && spec.policy().name().equals(wanted.policy().name());
    }

    private static boolean isObserve(KsmNodeSpec wanted) {
        return wanted.settings() != null && wanted.settings().mode() == Mode.OBSERVE;
    }

    private static boolean isSilent(@Nullable KsmNodeStatus status, Duration longest, Clock clock) {
        return status != null
                && instant(status.sampleTime())
                        .filter(time -> time.isBefore(clock.instant().minus(longest)))
                        .isPresent();
    }

    /** A time that is none says nothing. */
    private static Optional<Instant> instant(@Nullable String time) {
        try {
            return time == null ? Optional.empty() : Optional.of(Instant.parse(time));
        } catch (DateTimeException e) {
            return Optional.empty();
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
