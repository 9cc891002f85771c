package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.util.List;

/** What the agent does next to its node. */
public sealed interface Action {
    /** Writes one knob and reads it back. */
    record Set(Knob knob, long value) implements Action {}

    /**
     * Gives every guest its own pages back, and then makes settings while nothing is merged: {@link UnmergeProcedure}.
     *
     * @param neededBytes what that takes of the host's memory
     * @param reservePercent per cent of it that is to stay available
     * @param onlyIfGuestsGone whether it is not allowed while there are guests
     * @param then in this order; what {@code run} is to be comes where it does no harm
     */
    record Unmerge(long neededBytes, int reservePercent, boolean onlyIfGuestsGone, List<Set> then) implements Action {
        public Unmerge {
            then = List.copyOf(then);
        }
    }

    /** Forgets the originals: the node is its owner's again. */
    record Release() implements Action {}
}
