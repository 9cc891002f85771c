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
    /** Where nobody is given way to. */
    Standing(String hash, State state, String message, Optional<String> degraded) {
        this(hash, state, message, degraded, Optional.empty());
    }
}
