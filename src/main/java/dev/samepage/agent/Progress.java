package dev.samepage.agent;

import dev.samepage.api.LapStatus;
import dev.samepage.api.Phase;
import dev.samepage.tuning.Step;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What Adaptive does on this node.
 *
 * @param reason why, as a text for a person
 * @param lap how much of the lap that ksmd makes is done; null while it makes none, or where nobody can tell
 */
record Progress(Phase phase, String reason, @Nullable LapStatus lap) {
    static Progress of(Step step) {
        OptionalInt percent = step.lapPercent();
        return new Progress(phase(step), step.why(), percent.isPresent() ? new LapStatus(percent.getAsInt()) : null);
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
