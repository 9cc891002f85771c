package dev.samepage.agent;

import dev.samepage.api.Phase;
import dev.samepage.tuning.Step;
import java.util.OptionalInt;

/**
 * What Adaptive does on this node.
 *
 * @param reason why, as a text for a person
 * @param lapPercent how much of the lap that ksmd makes is done; empty while it makes none, or where nobody can tell
 */
record Progress(Phase phase, String reason, OptionalInt lapPercent) {
    static Progress of(Step step) {
        return new Progress(phase(step), step.why(), step.lapPercent());
    }

    /** The phase in the words of the API. */
    static Phase phase(Step step) {
        return switch (step.phase()) {
            case REST -> Phase.REST;
            case BOOST -> Phase.BOOST;
            case TRACK -> Phase.TRACK;
        };
    }
}
