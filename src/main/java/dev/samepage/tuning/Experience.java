package dev.samepage.tuning;

/**
 * What Adaptive has learned about a host: what laps cost, and what they bring.
 *
 * @param mergingShare of unseen memory, how much boosts have saved
 * @param remergingShare of memory that was merged and written to, how much boosts have saved again
 * @param pairShare of the pages that the last boost merged, how many were pairs that had not been known
 * @param volatilePages that a further lap has not proved either: they go on changing
 * @param barrenBoosts in a row that have not paid
 * @param lookAgainSeconds how long ksmd may rest without any sign that there is something to gain
 */
record Experience(
        LapCost cost,
        double mergingShare,
        double remergingShare,
        double pairShare,
        long volatilePages,
        int barrenBoosts,
        long lookAgainSeconds) {
    private static final double FIRST_SHARE = 0.5;
    private static final double LEAST_SHARE = 0.02;

    /** However good a boost was, the next share is not more than this times the one before. */
    private static final double MOST_GROWTH = 3;

    private static final double FEW_PAIRS = 0.02;

    /** Less than this share of what was expected calls for a lap that leaves nothing out. */
    private static final double DISAPPOINTING = 0.7;

    private static final long SHORTEST_LOOK_AGAIN_SECONDS = 60;
    private static final long BARREN_PAUSE_SECONDS = 15;
    private static final int MOST_BARREN = 16;

    /** Under pressure the pauses after boosts that have not paid are so much shorter. */
    private static final int PRESSURE_HASTE = 4;

    /** Of the pages that the second lap has not proved, how many of those that could merge do so in a third one. */
    private static final double THIRD_LAP_SHARE = 0.5;

    /**
     * What a boost has come to.
     *
     * @param pairShare see {@link Experience#pairShare}
     * @param remerging whether it was made for memory that had been merged before, more than for unseen
     * @param unasked whether nothing but the length of the rest called for it
     */
    record Outcome(
            long expectedBytes,
            long gainedBytes,
            double cpuSeconds,
            double pairShare,
            boolean remerging,
            boolean unasked) {
        /** Whether so much is missing that it may have been left out by the last lap. */
        boolean isDisappointing() {
            return gainedBytes < expectedBytes * DISAPPOINTING;
        }
    }

    static Experience none(AdaptiveSettings settings) {
        return new Experience(LapCost.assumed(), FIRST_SHARE, FIRST_SHARE, 1, 0, 0, settings.maxRestSeconds());
    }

    /** What a boost made for this memory should save. */
    long expectedBytes(long unseenBytes, long erodedBytes) {
        return (long) (unseenBytes * mergingShare + erodedBytes * remergingShare);
    }

    /** What one more lap should save where the last one has left so many pages unproved. */
    long expectedOfFurtherLap(long unprovenPages, long pageSizeBytes) {
        return (long) (Math.max(0, unprovenPages - volatilePages) * pageSizeBytes * mergingShare * THIRD_LAP_SHARE);
    }

    /** Whether what comes is known, so that it need not be compared with what has not merged for long. */
    boolean knowsWhatComes() {
        return pairShare < FEW_PAIRS;
    }

    /** For how long no boost is made after those that have not paid. */
    long pauseSeconds(AdaptiveSettings settings, boolean pressed) {
        long pause = barrenBoosts == 0 ? 0 : Math.min(settings.maxRestSeconds(), BARREN_PAUSE_SECONDS << barrenBoosts);
        return pressed ? pause / PRESSURE_HASTE : pause;
    }

    Experience with(LapCost newer) {
        return new Experience(
                newer, mergingShare, remergingShare, pairShare, volatilePages, barrenBoosts, lookAgainSeconds);
    }

    Experience after(Outcome outcome, AdaptiveSettings settings) {
        boolean paid = outcome.gainedBytes() >= settings.minSavedBytesPerCpuSecond() * outcome.cpuSeconds();
        if (outcome.unasked() && !paid) {
            // Nothing called for it, and there was nothing: that tells nothing of memory which comes some day.
            return lookingAgainAfter(Math.min(settings.maxRestSeconds(), lookAgainSeconds * 2));
        }
        Experience wiser = new Experience(
                cost,
                outcome.remerging() ? mergingShare : share(mergingShare, outcome),
                outcome.remerging() ? share(remergingShare, outcome) : remergingShare,
                outcome.pairShare(),
                volatilePages,
                paid ? 0 : Math.min(MOST_BARREN, barrenBoosts + 1),
                lookAgainSeconds);
        return outcome.unasked()
                ? wiser.lookingAgainAfter(Math.max(
                        Math.min(SHORTEST_LOOK_AGAIN_SECONDS, settings.maxRestSeconds()), lookAgainSeconds / 2))
                : wiser;
    }

    /** The same host under other settings. */
    Experience under(AdaptiveSettings settings) {
        return lookingAgainAfter(Math.min(lookAgainSeconds, settings.maxRestSeconds()));
    }

    /** A boost came to nothing, and tells nothing of the memory. */
    Experience barren() {
        return new Experience(
                cost,
                mergingShare,
                remergingShare,
                pairShare,
                volatilePages,
                Math.min(MOST_BARREN, barrenBoosts + 1),
                lookAgainSeconds);
    }

    private Experience lookingAgainAfter(long seconds) {
        return new Experience(cost, mergingShare, remergingShare, pairShare, volatilePages, barrenBoosts, seconds);
    }

    private static double share(double before, Outcome outcome) {
        if (outcome.expectedBytes() <= 0) {
            return before;
        }
        double asExpected = (double) outcome.gainedBytes() / outcome.expectedBytes();
        return Math.clamp(before * (1 + Math.min(asExpected, 2 * MOST_GROWTH - 1)) / 2, LEAST_SHARE, 1);
    }

    /** What was left out by the last lap was what had been missing. */
    Experience withPairs() {
        return new Experience(cost, mergingShare, remergingShare, 1, volatilePages, barrenBoosts, lookAgainSeconds);
    }

    /** After a further lap that was made to its end. */
    Experience after(Doing.Tracking tracking, boolean paid) {
        return switch (tracking.reason()) {
            case UNPROVEN -> inVain(tracking.lap().unprovenPages());
            case MET -> paid && tracking.thorough() ? withPairs() : this;
            case MISSING -> paid ? withPairs() : disappointed();
        };
    }

    /** A lap that left nothing out has not found what was missing: so much does not merge. */
    Experience disappointed() {
        double share = Math.max(LEAST_SHARE, mergingShare * DISAPPOINTING);
        return new Experience(cost, share, remergingShare, pairShare, volatilePages, barrenBoosts, lookAgainSeconds);
    }

    /** A further lap has left so many pages unproved. */
    Experience inVain(long unprovenPages) {
        return new Experience(
                cost, mergingShare, remergingShare, pairShare, unprovenPages, barrenBoosts, lookAgainSeconds);
    }

    /** A boost has left so many pages unproved: no more can go on changing. */
    Experience withVolatileAtMost(long unprovenPages) {
        return inVain(Math.min(volatilePages, unprovenPages));
    }
}
