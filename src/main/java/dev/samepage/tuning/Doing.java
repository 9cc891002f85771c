package dev.samepage.tuning;

import dev.samepage.tuning.Pace.Work;
import java.util.OptionalDouble;

/** Where Adaptive stands. */
sealed interface Doing {
    /**
     * ksmd stands still.
     *
     * @param since the reading with which the rest began
     * @param stoppedAtBoundary whether ksmd was stopped between two laps
     * @param outcome what has led to it, as a sentence
     */
    record Resting(Reading since, boolean stoppedAtBoundary, String outcome) implements Doing {
        /** Whether ksmd stands between two laps, so that memory which comes now is in the very next one, whole. */
        boolean isAtBoundary(Reading now) {
            return stoppedAtBoundary && now.walkedPagesSince(since).orElse(0) == 0;
        }
    }

    /**
     * A boost: two whole laps, since the kernel merges a page at its second visit.
     *
     * @param start the reading with which it began
     * @param fromBoundary whether ksmd stood between two laps then
     * @param lapNumber the one under way; 0 is the rest of the lap in the middle of which ksmd stood
     * @param gainedPages in the laps before
     * @param prospect what it is for
     * @param thorough whether the last lap leaves out nothing that has not merged for long
     * @param unasked whether nothing but the length of the rest called for it
     */
    record Boosting(
            Reading start,
            boolean fromBoundary,
            int lapNumber,
            Lap lap,
            Pace pace,
            long gainedPages,
            Prospect prospect,
            boolean thorough,
            boolean unasked,
            String why)
            implements Doing {
        private static final int LAPS = 2;

        boolean isLastLap() {
            return lapNumber == LAPS;
        }

        /** What ksmd does in the lap under way: it merges nothing where all that is new is met for the first time. */
        Work work() {
            return work(fromBoundary, lapNumber);
        }

        static Work work(boolean fromBoundary, int lapNumber) {
            return fromBoundary && lapNumber < LAPS ? Work.MEETING : Work.MERGING;
        }

        Boosting with(Lap nextLap, Pace nextPace) {
            return new Boosting(
                    start, fromBoundary, lapNumber, nextLap, nextPace, gainedPages, prospect, thorough, unasked, why);
        }

        Boosting nextLap(Lap next, int maxCpuPercent) {
            return new Boosting(
                    start,
                    fromBoundary,
                    lapNumber + 1,
                    next,
                    work(fromBoundary, lapNumber + 1) == Work.MERGING ? pace.merging(maxCpuPercent) : pace,
                    gainedPages + lap.gainedPages(),
                    prospect,
                    thorough,
                    unasked,
                    why);
        }

        /**
         * What it has come to.
         *
         * @param now the reading at the end of its last lap
         */
        Experience.Outcome outcome(Reading now, long pageSizeBytes) {
            long gained = Math.max(
                    (gainedPages + lap.gainedPages()) * pageSizeBytes,
                    // What was written to and merges at the same visit does not show in the counters.
                    (now.savedPages() - start.savedPages()) * pageSizeBytes + prospect.erodedBytes());
            return new Experience.Outcome(
                    prospect.expectedBytes(),
                    gained,
                    now.cpuNanosSince(start).isPresent()
                            ? now.cpuNanosSince(start).getAsLong() / 1e9
                            : prospect.cpuSeconds(),
                    pairShare(now, gained / pageSizeBytes),
                    prospect.isForEroded(),
                    unasked);
        }

        /** Where nothing has merged, what was left out may be what was missing: then nothing is left out the next time. */
        private double pairShare(Reading now, long merged) {
            long pairs = Math.max(0, now.sharedPages() - lap.start().sharedPages());
            return merged <= 0 ? 1 : Math.min(1, (double) pairs / merged);
        }
    }

    /**
     * A further lap.
     *
     * @param unprovenPages that the lap before has left
     * @param thorough whether nothing is left out
     */
    record Tracking(Lap lap, Pace pace, long unprovenPages, Reason reason, boolean thorough) implements Doing {
        /** After this much of what it should cost, a lap that neither pays nor proves anything is given up. */
        private static final double GIVES_UP_AFTER = 0.15;

        /** Of what was unproved, so much of what should be proved by now shows that the pages have not just gone on changing. */
        private static final double PROOF = 0.25;

        /** What it is for. */
        enum Reason {
            /** What the lap before has not proved. */
            UNPROVEN,
            /** Memory that came while ksmd was at it, and that has been visited once: it comes last in the lap. */
            MET,
            /** What was expected and has not merged, and may be equal to what was left out: that, too, may come last. */
            MISSING
        }

        Tracking with(Lap nextLap, Pace nextPace) {
            return new Tracking(nextLap, nextPace, unprovenPages, reason, thorough);
        }

        /**
         * Whether the lap under way is worth going on with.
         *
         * @param paid whether it has saved enough for what it took
         * @param spentShare of what it should cost
         */
        boolean goesOn(boolean paid, double spentShare) {
            return reason != Reason.UNPROVEN
                    || paid
                    || spentShare < GIVES_UP_AFTER
                    // The first copy of a page only waits for the second, which may be a whole guest away.
                    || lap.provenPages() >= PROOF * spentShare * unprovenPages;
        }

        /** At its end: how many of the pages that this lap leaves unproved should merge in another one, if that goes as this one did. */
        long expectedOfAnother() {
            return unprovenPages == 0
                    ? 0
                    : (long) (lap.gainedPages() * Math.min(1, (double) lap.unprovenPages() / unprovenPages));
        }
    }

    /**
     * ksmd passes guests that have ended. The kernel has queued them behind the process that ksmd is at: between two laps they are the very
     * next, else that one comes first.
     *
     * @param rest that was interrupted
     * @param fell whether pages have left the kernel's counters
     * @param pace to get through the process that ksmd is at
     */
    record Tidying(Resting rest, Reading start, Reading last, boolean fell, Pace pace) implements Doing {
        /** If ksmd has not moved for so long, it is not going to. */
        private static final long IN_VAIN_NANOS = 5_000_000_000L;

        static Tidying begin(Resting rest, Reading now, Pace pace) {
            return new Tidying(rest, now, now, false, pace);
        }

        Tidying next(Reading now, Pace nextPace) {
            return new Tidying(rest, start, now, fell || isFalling(now), nextPace);
        }

        boolean isFalling(Reading now) {
            return now.savedPages() < last.savedPages() || now.itemPages() < last.itemPages();
        }

        /** Whether they are passed: nothing leaves the counters any more, or ksmd is farther than they can be. */
        boolean hasPassed(Reading now, long farthestPages) {
            return (fell && !isFalling(now))
                    || now.laps() > start.laps()
                    || now.walkedPagesSince(start).orElse(0) > farthestPages;
        }

        boolean isInVain(Reading now) {
            return !now.hasMovedSince(start) && now.nanosSince(start) > IN_VAIN_NANOS;
        }

        /** Whether the process that ksmd is at comes first. */
        boolean hasFartherToGo() {
            return !fell && last.hasMovedSince(start);
        }
    }

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
