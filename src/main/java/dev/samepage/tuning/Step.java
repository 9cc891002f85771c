package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What Adaptive makes of a sample.
 *
 * @param next what to give the next sample to
 * @param knobs how these are to stand until then; those that this kernel lacks are not among them
 * @param why the phase, as a sentence for a person
 * @param nextLook after which the next sample is wanted
 */
public record Step(Adaptive next, Map<Knob, Long> knobs, Phase phase, String why, Duration nextLook) {
    public Step {
        knobs = Collections.unmodifiableMap(new EnumMap<>(knobs));
    }

    /** Whether laps are under way of which only all together are of use: whoever breaks them off starts with them again. */
    public boolean isUnfinished() {
        return next.doing() instanceof Doing.Boosting || next.doing() instanceof Doing.Tracking;
    }

    /** How far ksmd is in the lap that it makes, in per cent; empty where it makes none, or the kernel does not tell. */
    public OptionalInt lapPercent() {
        return Orders.lapPercent(next.doing());
    }
}
