package dev.samepage.tuning;

import java.util.OptionalDouble;

/** Where Adaptive stands. */
sealed interface Doing {
    /**
     * ksmd stands still.
     *
     * @param since the reading with which the rest began
     * @param atBoundary whether ksmd stands between two laps, so that memory which comes now is in the very next one
     * @param outcome what has led to it, as a sentence
     */
    record Resting(Reading since, boolean atBoundary, String outcome) implements Doing {}

    /**
     * A boost.
     *
     * @param start the reading with which it began
     * @param plannedLaps whole ones
     * @param lapNumber the one under way; 0 is the rest of the lap in the middle of which ksmd stood
     * @param gainedPages in the laps before
     * @param prospect what it is for
     * @param thorough whether the last lap leaves out nothing that has not merged for long
     * @param unasked whether nothing but the length of the rest called for it
     */
    record Boosting(
            Reading start,
            int plannedLaps,
            int lapNumber,
            Lap lap,
            Pace pace,
            long gainedPages,
            Prospect prospect,
            boolean thorough,
            boolean unasked,
            String why)
            implements Doing {
        boolean isLastLap() {
            return lapNumber == plannedLaps;
        }

        Boosting with(Lap nextLap, Pace nextPace) {
            return new Boosting(
                    start, plannedLaps, lapNumber, nextLap, nextPace, gainedPages, prospect, thorough, unasked, why);
        }

        Boosting with(Pace nextPace) {
            return with(lap, nextPace);
        }

        Boosting nextLap(Lap next) {
            return new Boosting(
                    start,
                    plannedLaps,
                    lapNumber + 1,
                    next,
                    pace,
                    gainedPages + lap.gainedPages(),
                    prospect,
                    thorough,
                    unasked,
                    why);
        }
    }

    /**
     * Further laps as long as they pay.
     *
     * @param changedPages during the lap before
     * @param thorough whether nothing is left out
     */
    record Tracking(Lap lap, Pace pace, long changedPages, boolean thorough) implements Doing {}

    /** ksmd passes guests that have ended. */
    record Tidying(Reading start, Reading last) implements Doing {}

    /** How far the lap is that ksmd makes; empty where it makes none, or nobody can tell. */
    default OptionalDouble lapShare() {
        return switch (this) {
            case Boosting boosting
            when boosting.lapNumber() > 0 -> boosting.lap().share();
            case Tracking tracking -> tracking.lap().share();
            case Boosting _, Resting _, Tidying _ -> OptionalDouble.empty();
        };
    }
}
