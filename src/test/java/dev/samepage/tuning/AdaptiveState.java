package dev.samepage.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import java.util.List;

/** A state of Adaptive that takes one sample; without experience and pressure, unless it is said. */
final class AdaptiveState {
    static final AdaptiveSettings SETTINGS = AdaptiveSettings.defaults();
    static final Reading START = Look.at(0).reading();
    static final Pace PACE = new Pace(5000, 17, 0, 4, List.of(START));

    /** The first of a further lap, and of passing guests that have ended. */
    static final Pace MERGING_PACE = new Pace(2500, 17, 0, 4, List.of(START));

    static final Resting AT_BOUNDARY = new Resting(START, true, "Done.");
    static final Resting IN_A_LAP = new Resting(START, false, "Done.");

    /** 100 MiB, which have stood there unseen since second 0. */
    static final Unseen NEW = Unseen.of(Look.at(0).guest(1, 100).sample());

    static final Unseen SEEN = NEW.seen();

    /** The same, and a guest that ended in second 0. */
    static final Unseen WITH_ONE_GONE = Unseen.of(
                    Look.at(0).guest(1, 100).guest(2, 100).sample())
            .seen()
            .next(Look.at(0).guest(1, 100).sample());

    static final Unseen ALL_GONE = SEEN.next(Look.at(0).sample());

    AdaptiveSettings settings = SETTINGS;
    Experience experience = Experience.none(SETTINGS);
    Pressure pressure = new Pressure(50, false, 0);
    Reading last = START;

    /** A look at the guest with 100 MiB. */
    static Look look(long second) {
        return Look.at(second).guest(1, 100);
    }

    static Look lookAtMillis(long millis) {
        return Look.atMillis(millis).guest(1, 100);
    }

    static Experience withPairShare(double share) {
        return new Experience(LapCost.assumed(), 0.5, 0.5, share, 0, 0, 1800);
    }

    Adaptive in(Doing doing, Unseen unseen) {
        return new Adaptive(settings, last, unseen, null, pressure, experience, doing);
    }

    Step step(Doing doing, Unseen unseen, Look now) {
        return in(doing, unseen).step(now.sample());
    }

    Phase phase(Doing doing, Unseen unseen, Look now) {
        return step(doing, unseen, now).phase();
    }

    static Resting resting(Step step) {
        assertThat(step.next().doing()).isInstanceOf(Resting.class);
        return (Resting) step.next().doing();
    }

    static Boosting boosting(Step step) {
        assertThat(step.next().doing()).isInstanceOf(Boosting.class);
        return (Boosting) step.next().doing();
    }

    static Tracking tracking(Step step) {
        assertThat(step.next().doing()).isInstanceOf(Tracking.class);
        return (Tracking) step.next().doing();
    }

    static Tidying tidying(Step step) {
        assertThat(step.next().doing()).isInstanceOf(Tidying.class);
        return (Tidying) step.next().doing();
    }
}
