package dev.samepage.agent;

import dev.samepage.api.State;
import java.util.Optional;

/**
 * Where the node stands after a round.
 *
 * @param hash identifies what was acted on
 * @param message for a person
 * @param degraded what was asked for and cannot be had here
 * @param rival who is given way to, in a word; empty where nobody is
 */
record Standing(String hash, State state, String message, Optional<String> degraded, Optional<String> rival) {
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
        return new Standing(hash, State.CONTENDED, rival.message(), decision.degraded(), Optional.of(rival.reason()));
    }

    /** Where nobody is given way to. */
    Standing(String hash, State state, String message, Optional<String> degraded) {
        this(hash, state, message, degraded, Optional.empty());
    }
}
