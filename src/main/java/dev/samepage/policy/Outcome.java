package dev.samepage.policy;

import dev.samepage.api.KsmPolicy;
import java.util.List;
import java.util.stream.Stream;

/** How the election of one node ended. */
public sealed interface Outcome {

    /** No policy that takes part matches the node. */
    record Uncovered() implements Outcome {}

    /** At least one policy matches. */
    sealed interface Decided extends Outcome {
        /** The policy that decides about the node. */
        KsmPolicy winner();

        /** The others that match it. */
        List<KsmPolicy> losers();

        /** Every policy with the winner's priority, the winner first: where it is not alone, only its name decided. */
        default List<KsmPolicy> tied() {
            return Stream.concat(Stream.of(winner()), losers().stream())
                    .filter(policy -> policy.getSpec()
                            .priority()
                            .equals(winner().getSpec().priority()))
                    .toList();
        }
    }

    /** {@code winner} acts on the node. */
    record Won(KsmPolicy winner, List<KsmPolicy> losers) implements Decided {}

    /**
     * {@code winner} would act on the node, but somebody else tunes it ({@link Tuner}), and two writers would fight. That is why the node is
     * released even where {@code winner} is paused.
     */
    record Skipped(KsmPolicy winner, List<KsmPolicy> losers) implements Decided {}
}
