package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person should notice of a node: that the settings it was told are applied, that something was refused there, that somebody
 * else keeps changing them, that it was restored, and that it is skipped. Each is said when it begins, and applied once for every
 * change of what the node was told.
 */
public final class NodeNotices {

    private NodeNotices() {}

    /** What is to be noticed when one version of a KsmNode follows another. */
    public static Optional<Notice> between(KsmNode before, KsmNode now) {
        State state = state(now);
        if (state == null) {
            return Optional.empty();
        }
        return switch (state) {
            case APPLIED, OBSERVING ->
                isDone(now) && !isDone(before)
                        ? Optional.of(
                                Notice.normal("Ksm" + state, "KsmPolicy %s: %s".formatted(policy(now), message(now))))
                        : Optional.empty();
            case FAILED, CONTENDED ->
                state(before) == state
                        ? Optional.empty()
                        : Optional.of(
                                Notice.warning("Ksm" + state, "KsmPolicy %s: %s".formatted(policy(now), message(now))));
            case RESTORED ->
                state(before) == State.RESTORED
                        ? Optional.empty()
                        : Optional.of(Notice.normal("KsmRestored", message(now)));
            case APPLYING -> Optional.empty();
        };
    }

    /** What is to be noticed of a node that somebody else begins to tune, and that one of {@code policies} would act on otherwise. */
    public static Optional<Notice> ofSkipping(NodeFacts before, NodeFacts now, Collection<KsmPolicy> policies) {
        return before.tuner() == Tuner.SAMEPAGE && Election.of(now, policies) instanceof Outcome.Skipped skipped
                ? Optional.of(Notice.normal(
                        "KsmSkipped",
                        "KsmPolicy %s: this node is skipped: %s."
                                .formatted(
                                        skipped.winner().getMetadata().getName(),
                                        now.tuner().tunes("it"))))
                : Optional.empty();
    }

    /** Whether what the node was told last is applied. */
    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    private static boolean isDone(KsmNode node) {
        var spec = node.getSpec();
        var status = node.getStatus();
        return spec != null
                && status != null
                && spec.policy() != null
                && Objects.equals(spec.hash(), status.hash())
                && (status.state() == State.APPLIED || status.state() == State.OBSERVING);
    }

    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private static @Nullable State state(KsmNode node) {
        return node.getStatus() == null ? null : node.getStatus().state();
    }

    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    private static String policy(KsmNode node) {
        return node.getSpec() == null || node.getSpec().policy() == null
                ? "none"
                : node.getSpec().policy().name();
    }

    private static String message(KsmNode node) {
        KsmNodeStatus status = node.getStatus();
        return status.message() == null ? "no reason was given" : status.message();
    }
}
