package dev.samepage.policy;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeSpec.PolicyReference;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to become of a node's KsmNode. A node waits its turn to be given other settings, never to be released: there may be no
 * policy left to say how many at a time, and a node that waited for others could be left behind with settings that nobody wants.
 */
public sealed interface Assignment {

    /** It has this spec; whether it has it already is for the caller to see. */
    record Spec(KsmNodeSpec spec) implements Assignment {}

    /** It is given other settings, or leave to un-merge; not before the policy's {@link Rollout} comes to it. */
    record InTurn(KsmNodeSpec spec, KsmPolicy policy) implements Assignment {}

    /** It stays as it is, or stays absent. */
    record AsItIs() implements Assignment {}

    /** It goes: the node is released and nobody needs it any more. */
    record Deleted() implements Assignment {}

    /**
     * Decides.
     *
     * @param current the node's KsmNode, null if it has none
     * @param vanished what the node was told by a KsmNode that has just vanished, null if none has: its agent takes that for a release
     *     before long
     */
    static Assignment of(
            NodeFacts node, Collection<KsmPolicy> policies, @Nullable KsmNode current, @Nullable KsmNodeSpec vanished) {
        // Whether it is due other settings is decided once it is back; who cannot be reached is told nothing.
        KsmNodeSpec missing = current == null && node.reachable() ? vanished : null;
        return switch (Election.of(node, policies)) {
            case Outcome.Won won when missing != null -> new Spec(missing);
            case Outcome.Won(KsmPolicy winner, var losers) ->
                winner.getSpec().paused() ? new AsItIs() : covered(node, winner, current);
            case Outcome.Skipped skipped -> release(current);
            case Outcome.Uncovered uncovered when missing != null && isHeld(missing, policies) -> new Spec(missing);
            case Outcome.Uncovered uncovered ->
                current != null && isHeld(current.getSpec(), policies) ? new AsItIs() : release(current);
        };
    }

    private static Assignment covered(NodeFacts node, KsmPolicy winner, @Nullable KsmNode current) {
        KsmNodeSpec wanted = specFrom(winner);
        if (current == null || !hasBeenTold(current, wanted)) {
            return new InTurn(wanted, winner);
        }
        // It has the settings. Another spec would only make it look as if it had not: nobody is there to confirm that.
        // But an agent may hear what its kubelet does not: leave to un-merge that is taken back must not be used.
        return node.reachable() || allowsMore(current.getSpec().unmerge(), wanted.unmerge())
                ? new Spec(wanted)
                : new AsItIs();
    }

    /**
     * Whether the node has the wanted settings already, whichever policy or generation of it said so. What else is wanted of it, such as how
     * to end, changes nothing there now, but for the leave to un-merge.
     */
    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    static boolean hasBeenTold(@Nullable KsmNode node, KsmNodeSpec wanted) {
        return node != null
                && node.getSpec() != null
                && node.getSpec().policy() != null
                && Objects.equals(node.getSpec().settings(), wanted.settings())
                && !allowsMore(wanted.unmerge(), node.getSpec().unmerge());
    }

    private static boolean allowsMore(Unmerge wanted, Unmerge before) {
        return wanted.allowed() && (!before.allowed() || wanted.reservePercent() < before.reservePercent());
    }

    /** What a node is told that {@code policy} has won. */
    static KsmNodeSpec specFrom(KsmPolicy policy) {
        var spec = policy.getSpec();
        var settings = new Settings(spec.mode(), spec.fixed(), spec.kernelAdvisor(), spec.adaptive(), spec.tunables());
        return new KsmNodeSpec(
                new PolicyReference(
                        policy.getMetadata().getName(), policy.getMetadata().getGeneration()),
                settings,
                spec.unmerge(),
                spec.onRemoval(),
                new SpecHash(true, settings, spec.unmerge(), spec.onRemoval()).hex());
    }

    /**
     * Whether nothing is left to be done on the node: it was released, or nobody has ever acted on it. A report of an earlier release
     * does not count: the agent may be acting on what it was told in between.
     */
    @SuppressWarnings("NullAway") // read from the API server, spec and status can be absent
    static boolean isReleased(KsmNode node) {
        var spec = node.getSpec();
        var status = node.getStatus();
        boolean covered = spec != null && spec.policy() != null;
        return !covered
                && (status == null
                        || (spec != null
                                && status.state() == State.RESTORED
                                && Objects.equals(
                                        status.observedGeneration(),
                                        node.getMetadata().getGeneration())
                                && spec.hash().equals(status.hash())));
    }

    private static Assignment release(@Nullable KsmNode current) {
        if (current == null) {
            return new AsItIs();
        }
        return isReleased(current) ? new Deleted() : new Spec(releaseOf(current));
    }

    /** No policy and no settings; how to end is as the last policy wanted it. */
    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    private static KsmNodeSpec releaseOf(KsmNode current) {
        var before = current.getSpec() != null ? current.getSpec() : new KsmNodeSpec(null, null, null, null, null);
        var hash = new SpecHash(false, null, before.unmerge(), before.onRemoval());
        return new KsmNodeSpec(null, null, before.unmerge(), before.onRemoval(), hash.hex());
    }

    /**
     * Whether the policy that the node was given last exists, but changes nothing now: it is paused, or a newer version wrote
     * something into it that this one does not understand. Neither is a reason to undo what it did.
     */
    private static boolean isHeld(@Nullable KsmNodeSpec told, Collection<KsmPolicy> policies) {
        if (told == null || told.policy() == null) {
            return false;
        }
        String holder = told.policy().name();
        return policies.stream()
                .filter(policy -> policy.getMetadata().getName().equals(holder))
                .anyMatch(policy -> !policy.isMarkedForDeletion()
                        && (!Election.isUnderstood(policy) || policy.getSpec().paused()));
    }
}
