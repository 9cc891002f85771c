package dev.samepage.tuning;

/**
 * What laps cost on this host. What each kind of page costs in proportion is known from measurements on one host; by how much this one differs
 * is measured.
 *
 * @param factor by which pages are dearer here
 * @param dearestPageNanos the most that a page took over the time between two looks
 */
record LapCost(double factor, double dearestPageNanos) {
    private static final double MERGED_NANOS = 400;
    private static final double UNMERGED_NANOS = 5_000;
    private static final double FIRST_VISIT_NANOS = 1_000;
    private static final double MERGING_NANOS = 7_000;

    static LapCost assumed() {
        return new LapCost(1, 0);
    }

    /**
     * The pages of a host.
     *
     * @param merged are only glanced at
     * @param unmerged are compared with all others
     * @param unseen are new to ksmd
     */
    record Pages(long merged, long unmerged, long unseen) {
        long all() {
            return merged + unmerged + unseen;
        }

        private double oldNanos() {
            return merged * MERGED_NANOS + unmerged * UNMERGED_NANOS;
        }
    }

    /** ksmd's CPU for two laps, and for the rest of the one in the middle of which it may stand. */
    double boostSeconds(Pages pages, boolean atBoundary) {
        double laps = atBoundary ? 2 : 2.5;
        return factor * (laps * pages.oldNanos() + pages.unseen() * (FIRST_VISIT_NANOS + MERGING_NANOS)) / 1e9;
    }

    /** ksmd's CPU for one more lap after those. */
    double furtherLapSeconds(Pages pages) {
        return factor * pages.oldNanos() / 1e9;
    }

    /** ksmd's CPU for going over so many of these pages, as the others are on average. */
    double partSeconds(Pages pages, long part) {
        return pages.all() == 0 ? 0 : furtherLapSeconds(pages) * part / pages.all();
    }

    /** ksmd's CPU for merging so many pages that it meets for the second time, beside that of the lap. */
    double mergingSeconds(long pages) {
        return factor * pages * MERGING_NANOS / 1e9;
    }

    /** After a boost that should have taken so long and took so long. */
    LapCost measured(double expectedSeconds, double seconds, double dearestNanos) {
        double ratio = expectedSeconds <= 0 || seconds <= 0 ? 1 : seconds / expectedSeconds;
        return new LapCost(Math.clamp(factor * (1 + ratio) / 2, 0.05, 20), dearestNanos);
    }
}
