package dev.samepage.agent;

import dev.samepage.api.State;
import java.util.Optional;

/**
 * Where the node stands after a round.
 *
 * @param hash identifies what was acted on
 * @param message for a person
 * @param degraded what was asked for and cannot be had here
 */
record Standing(String hash, State state, String message, Optional<String> degraded) {}
