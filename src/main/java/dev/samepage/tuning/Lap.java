package dev.samepage.tuning;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One lap of ksmd under way.
 *
 * @param start the reading with which it began, or the first one of it
 * @param last the newest one
 * @param expectedPages that it will have, unless some go meanwhile
 * @param uncertainPages that it may have had already when its beginning was seen
 * @param movedNanos when ksmd was last seen to have got any further
 * @param gainedPages that it has merged so far; what went meanwhile does not lessen it
 * @param skippedBefore pages that smart_scan passed over in the lap before
 */
record Lap(
        Reading start,
        Reading last,
        long expectedPages,
        long uncertainPages,
        long movedNanos,
        long gainedPages,
        long skippedBefore) {
    /** Where no guest has mergeable memory, laps never end. */
    private static final long STUCK_NANOS = 30_000_000_000L;

    /** A lap that begins now, as ksmd is started at a boundary. */
    static Lap begin(Reading now, long expectedPages) {
        return new Lap(now, now, Math.max(1, expectedPages), 0, now.nanos(), 0, 0);
    }

    /** The lap after this one, whose end was seen just now. */
    Lap following(Reading before) {
        return new Lap(
                last,
                last,
                Math.max(1, last.itemPages()),
                last.walkedPagesSince(before).orElse(0),
                last.nanos(),
                0,
                skippedPages());
    }

    /** The lap as it stands now; where ksmd does not run, it is not the lap's fault that it gets no further. */
    Lap next(Reading now, boolean scanning) {
        return new Lap(
                start,
                now,
                expectedPages,
                uncertainPages,
                !scanning || now.hasMovedSince(last) ? now.nanos() : movedNanos,
                gainedPages + Math.max(0, now.savedPages() - last.savedPages()),
                skippedBefore);
    }

    /** ksmd drops the record of a page that is gone as it comes by: the kernel takes away the zeros of a huge page that is split, for example. */
    private long pages() {
        return Math.max(1, expectedPages - Math.max(0, start.itemPages() - last.itemPages()));
    }

    private long skippedPages() {
        return Math.max(0, last.skippedPages() - start.skippedPages());
    }

    /** At its end: pages that it has visited and proved neither merged nor unlike all others, because they had changed or for another reason. */
    long unprovenPages() {
        long zeroPages = Math.max(0, last.zeroPages() - start.zeroPages());
        return Math.max(0, last.unprovenPages() - skippedPages() - zeroPages);
    }

    /** Pages proved by it that were not before. What smart_scan passes over in only one of the two laps does not count either way. */
    long provenPages() {
        long skippedThen = (long) (share().orElse(0) * skippedBefore);
        return last.provenPages() - start.provenPages() + skippedPages() - skippedThen;
    }

    /** Whether ksmd has begun another lap since. */
    boolean isOver() {
        return last.laps() > start.laps();
    }

    /** Whether ksmd finds nothing to look at. */
    boolean isStuck() {
        return last.nanos() - movedNanos > STUCK_NANOS;
    }

    /** How far it is, 0 to 1; empty where the kernel does not tell. */
    OptionalDouble share() {
        OptionalLong walked = last.walkedPagesSince(start);
        return walked.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.min(1, (double) walked.getAsLong() / pages()));
    }

    /**
     * How much of what it is reckoned to cost has been spent, 0 to 1; where ksmd's CPU time cannot be seen, how far it is.
     *
     * @param wholeSeconds ksmd's CPU that all of it is reckoned to take
     */
    double spentShare(double wholeSeconds) {
        return cpuNanos().isPresent() && wholeSeconds > 0
                ? Math.min(1, cpuNanos().getAsLong() / 1e9 / wholeSeconds)
                : share().orElse(0);
    }

    /** Pages that are surely left; below 0 near the end. Empty where the kernel does not tell. */
    OptionalLong surelyLeftPages() {
        OptionalLong walked = last.walkedPagesSince(start);
        return walked.isEmpty() ? walked : OptionalLong.of(pages() - uncertainPages - walked.getAsLong());
    }

    OptionalLong cpuNanos() {
        return last.cpuNanosSince(start);
    }
}
