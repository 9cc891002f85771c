package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Where a node stands with what it was told. */
public enum State {
    /** The policy only wants reports: nothing is written on the node. */
    @JsonProperty("Observing")
    OBSERVING,
    /** Memory is being un-merged, or a refused write waits for its next try. */
    @JsonProperty("Applying")
    APPLYING,
    /** The kernel's settings are what the policy wants. */
    @JsonProperty("Applied")
    APPLIED,
    /** The kernel or the node refused; the message says what, and the agent tries again. */
    @JsonProperty("Failed")
    FAILED,
    /** Somebody else keeps changing the kernel's settings: nothing is written for a while, then it is tried again. */
    @JsonProperty("Contended")
    CONTENDED,
    /** No policy covers the node, and its settings are as they were found (or kept, if the policy said so). */
    @JsonProperty("Restored")
    RESTORED;

    /** The word that the API uses. */
    @Override
    public String toString() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}
