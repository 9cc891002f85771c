package dev.samepage.tuning;

/** What Adaptive has ksmd do. */
public enum Phase {
    /** Nothing: ksmd stands still, what is merged stays merged. */
    REST,
    /** Laps as fast as the CPU limit allows, because memory has come that no lap has seen. */
    BOOST,
    /** Further laps, or pieces of one, as long as they pay. */
    TRACK
}
