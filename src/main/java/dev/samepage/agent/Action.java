package dev.samepage.agent;

import dev.samepage.kernel.Knob;

/** What the agent does next to its node. */
public sealed interface Action {
    /** Saves every knob as it is now, before anything is written for the first time. */
    record SaveOriginals() implements Action {}

    /** Writes one knob and reads it back. */
    record Set(Knob knob, long value) implements Action {}

    /** Gives every guest its own pages back, which takes {@code bytesNeeded} of memory. */
    record Unmerge(long bytesNeeded) implements Action {}

    /** Forgets the originals: the node is its owner's again. */
    record Release() implements Action {}
}
