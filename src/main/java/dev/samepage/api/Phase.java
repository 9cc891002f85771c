package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** What {@link Mode#ADAPTIVE} does on a node at the moment. */
public enum Phase {
    /** ksmd goes over all mergeable memory, because some of it is new and expected to pay for that. */
    @JsonProperty("Boost")
    BOOST,
    /** ksmd scans while that goes on to pay. */
    @JsonProperty("Track")
    TRACK,
    /** ksmd stands still, and merged pages stay merged. */
    @JsonProperty("Rest")
    REST;

    /** The word that the API uses. */
    @Override
    public String toString() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}
