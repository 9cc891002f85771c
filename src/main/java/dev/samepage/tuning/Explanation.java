package dev.samepage.tuning;

import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;

/** Why Adaptive does what it does, for a person. */
final class Explanation {
    private Explanation() {}

    /** A sentence or two. */
    static String of(Adaptive adaptive, AdaptiveSample sample) {
        return switch (adaptive.doing()) {
            case Boosting boosting -> boosting.why();
            case Tracking _ -> "Another lap, as long as it pays.";
            case Tidying _ -> "ksmd passes guests that have ended.";
            case Resting _ when adaptive.unseen().guests().isEmpty() -> "There is no guest.";
            case Resting _
            when adaptive.settings().onlyUnderPressure() && !adaptive.pressure().isShort() -> "Memory is plentiful.";
            case Resting resting when !adaptive.unseen().worthMentioning() -> resting.outcome();
            case Resting resting -> {
                Prospect prospect = adaptive.prospect(resting, sample, adaptive.last());
                yield prospect.pays()
                        ? resting.outcome()
                        : resting.outcome() + " " + prospect.what() + " do not pay for another yet.";
            }
        };
    }
}
