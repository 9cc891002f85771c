package dev.samepage.agent;

import dev.samepage.api.State;
import org.jspecify.annotations.Nullable;

/**
 * Where the node stands after a round.
 *
 * @param hash identifies what was acted on
 * @param message for a person
 * @param degraded what was asked for and cannot be had here; null where all can
 * @param rival who is given way to, in a word; null where nobody is
 */
record Standing(
        String hash,
        State state,
        String message,
        @Nullable String degraded,
        @Nullable String rival) {
    /** Once the decision is carried out; {@code remark} is added to what it says. */
    static Standing of(String hash, Decision decision, String remark) {
        return new Standing(hash, decision.state(), decision.message() + remark, decision.degraded());
    }

    /** On the way to what was decided. */
    static Standing applying(String hash, String message, Decision decision) {
        return new Standing(hash, State.APPLYING, message, decision.degraded());
    }

    /** Nothing of what was decided is done. */
    static Standing contended(String hash, Rival rival, Decision decision) {
        return new Standing(hash, State.CONTENDED, rival.message(), decision.degraded(), rival.reason());
    }

    /** Where nobody is given way to. */
    Standing(String hash, State state, String message, @Nullable String degraded) {
        this(hash, state, message, degraded, null);
    }
}
