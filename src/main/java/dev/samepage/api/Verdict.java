package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Whether merging is worth it on a node. */
public enum Verdict {
    /** The profit is at least 0.5 % of the node's memory, or 64 MiB. */
    @JsonProperty("Effective")
    EFFECTIVE,
    /** There is a profit, but a smaller one. */
    @JsonProperty("Marginal")
    MARGINAL,
    /** No profit after two full laps, or one so small that it does not pay for the CPU that ksmd keeps using. */
    @JsonProperty("Wasteful")
    WASTEFUL,
    /** ksmd has made fewer than two full laps since the last guest arrived: too early to say. */
    @JsonProperty("Pending")
    PENDING,
    /** No process on the node has offered memory for merging. */
    @JsonProperty("Idle")
    IDLE;

    /** The word that the API uses. */
    @Override
    public String toString() {
        return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
}
