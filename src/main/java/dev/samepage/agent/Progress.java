package dev.samepage.agent;

import dev.samepage.api.Phase;
import java.util.OptionalInt;

/**
 * What Adaptive does on this node.
 *
 * @param reason why, as a text for a person
 * @param lapPercent how much of the lap that ksmd makes is done; empty while it makes none, or where nobody can tell
 */
record Progress(Phase phase, String reason, OptionalInt lapPercent) {}
