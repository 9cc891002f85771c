package dev.samepage.tuning;

import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import dev.samepage.tuning.Doing.Tracking.Reason;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Mode Adaptive: sends ksmd in when there is something to gain, and lets it rest when there is not. A state machine over samples, which reads
 * and writes nothing itself; {@code src/docs/adaptive.md} tells how it works and why.
 *
 * @param last the reading of the sample before
 * @param cowSeen {@code cow_ksm} when a boost's laps began last; null where the kernel does not tell
 */
public record Adaptive(
        AdaptiveSettings settings,
        Reading last,
        Unseen unseen,
        @Nullable Long cowSeen,
        Pressure pressure,
        Experience experience,
        Doing doing) {
    private static final double NANOS = 1e9;

    /** How much a page that was dear once counts in the next boost: it may have been somebody else who kept the CPU busy. */
    private static final double FADING = 0.8;

    private static final String NOT_PAID = "A further lap did not pay.";

    /**
     * Takes the first sample.
     *
     * @param interrupted whether a boost was begun and not finished before
     */
    public static Step start(AdaptiveSettings settings, AdaptiveSample sample, boolean interrupted) {
        Reading now = Reading.of(sample);
        Unseen unseen = Unseen.of(sample);
        Adaptive adaptive = new Adaptive(
                settings,
                now,
                // Where ksmd has not finished, what it has looked at may not be merged yet.
                interrupted || sample.isScanning() ? unseen.afresh(now.nanos()) : unseen,
                sample.cowKsm(),
                Pressure.of(sample.memory(), settings.memoryAvailableBelowPercent(), now.nanos()),
                Experience.none(settings),
                new Resting(now, !sample.isScanning() && now.isFresh(), "Nothing was done yet."));
        return adaptive.step(sample);
    }

    /** Goes on under other settings with all that it knows. */
    public Adaptive under(AdaptiveSettings newer) {
        return newer.equals(settings)
                ? this
                : new Adaptive(newer, last, unseen, cowSeen, pressure, experience.under(newer), doing);
    }

    /** Takes the next sample. */
    public Step step(AdaptiveSample sample) {
        Reading now = Reading.of(sample);
        Adaptive informed = informed(sample, now);
        Adaptive next = switch (informed.doing) {
            case Resting resting -> informed.rest(resting, sample, now);
            // Without guests no lap ever ends.
            case Boosting _, Tracking _
            when informed.unseen.guests().isEmpty() ->
                informed.tidying(new Resting(now, false, "All guests have ended."), now);
            case Boosting boosting -> informed.boost(boosting, sample, now);
            case Tracking tracking -> informed.track(tracking, sample, now);
            case Tidying tidying -> informed.tidy(tidying, sample, now);
        };
        return next.with(now).order(sample);
    }

    private Adaptive informed(AdaptiveSample sample, Reading now) {
        Pressure newer = pressure.next(sample.memory(), settings.memoryAvailableBelowPercent(), now.nanos());
        Unseen grown = unseen.next(sample);
        if (now.laps() >= last.laps()) {
            return new Adaptive(settings, last, grown, cowSeen, newer, experience, doing);
        }
        // run=2 sets the count of laps to 0: nothing is merged any more, and ksmd stands at a boundary.
        return new Adaptive(
                settings,
                now,
                grown.afresh(now.nanos()),
                sample.cowKsm(),
                newer,
                experience,
                new Resting(now, !sample.isScanning(), "Somebody has un-merged everything."));
    }

    private Adaptive rest(Resting resting, AdaptiveSample sample, Reading now) {
        return called(resting, sample, now)
                .orElseGet(() -> worth(sample, now).tidying(resting.isAtBoundary(now), now.nanos())
                        ? tidying(resting, now)
                        : this);
    }

    /** The boost, if there is reason for one. */
    private Optional<Adaptive> called(Resting resting, AdaptiveSample sample, Reading now) {
        if (unseen.guests().isEmpty() || (settings.onlyUnderPressure() && !pressure.isShort())) {
            return Optional.empty();
        }
        Prospect prospect = prospect(resting, sample, now);
        double seconds = now.nanosSince(resting.since()) / NANOS;
        boolean paused = seconds < experience.pauseSeconds(settings, pressure.isShort());
        boolean wanted = prospect.pays() || prospect.hasWaited(unseen.waitedNanos(now.nanos()) / NANOS);
        if (wanted && !paused && (unseen.isSettled(now.nanos()) || pressure.isShort())) {
            return Optional.of(boosting(resting.isAtBoundary(now), prospect, false, sample, now));
        }
        return seconds >= experience.lookAgainSeconds() && prospect.isCheapAfter(seconds)
                ? Optional.of(boosting(resting.isAtBoundary(now), prospect, true, sample, now))
                : Optional.empty();
    }

    /** What a boost now would be for. */
    Prospect prospect(Resting resting, AdaptiveSample sample, Reading now) {
        return Prospect.of(
                settings, sample, now, unseen, cowSeen, experience, resting.isAtBoundary(now), pressure.isShort());
    }

    private Adaptive boosting(
            boolean atBoundary, Prospect prospect, boolean unasked, AdaptiveSample sample, Reading now) {
        int firstLap = atBoundary ? 1 : 0;
        Pace pace = Pace.begin(
                now,
                FADING * experience.cost().dearestPageNanos(),
                settings.maxCpuPercent(),
                Boosting.work(atBoundary, firstLap));
        String why = unasked
                ? "A look at everything after a rest of " + experience.lookAgainSeconds() + " s."
                : "For " + prospect.what() + (pressure.isShort() ? "; memory is short." : ".");
        boolean thorough = unasked || !experience.knowsWhatComes();
        Lap lap = Lap.begin(now, pages(now, sample).all());
        Adaptive boosted =
                with(new Boosting(now, atBoundary, firstLap, lap, pace, 0, prospect, thorough, unasked, why));
        return atBoundary ? boosted.seeing(sample) : boosted;
    }

    /** A whole lap begins, which will see all that is there now. */
    private Adaptive seeing(AdaptiveSample sample) {
        return new Adaptive(settings, last, unseen.seen(), sample.cowKsm(), pressure, experience, doing);
    }

    private LapCost.Pages pages(Reading now, AdaptiveSample sample) {
        return Prospect.pages(unseen, now, sample.pageSizeBytes());
    }

    private Worth worth(AdaptiveSample sample, Reading now) {
        return new Worth(settings, unseen, experience, pages(now, sample), sample.pageSizeBytes());
    }

    private Adaptive boost(Boosting boosting, AdaptiveSample sample, Reading now) {
        Lap lap = boosting.lap().next(now, sample.isScanning());
        Boosting here = boosting.with(lap, paced(boosting.pace(), now, boosting.work()));
        if (!lap.isOver()) {
            return lap.isStuck() ? stuck(now) : with(here);
        }
        if (boosting.isLastLap()) {
            return afterBoost(here, sample, now);
        }
        Adaptive onward = with(unseen.lapBegins()).with(here.nextLap(lap.following(last), settings.maxCpuPercent()));
        return boosting.lapNumber() == 0 ? onward.seeing(sample) : onward;
    }

    private Adaptive stuck(Reading now) {
        return now.itemPages() == 0
                ? with(unseen.seen()).with(new Resting(now, false, "ksmd has found no memory to look at."))
                : with(unseen.afresh(now.nanos()))
                        .with(experience.barren())
                        .with(new Resting(now, false, "ksmd got no further for 30 s, and is started again later."));
    }

    /** Just before the end of a lap ksmd sleeps longer than its pace is, which then says nothing of the pages. */
    private Pace paced(Pace pace, Reading now, Pace.Work work) {
        return Orders.isCreeping(doing) ? pace : pace.next(now, settings.maxCpuPercent(), work);
    }

    private Adaptive afterBoost(Boosting boosting, AdaptiveSample sample, Reading now) {
        Experience.Outcome outcome = boosting.outcome(now, sample.pageSizeBytes());
        LapCost cost = experience
                .cost()
                .measured(
                        boosting.prospect().cpuSeconds(),
                        outcome.cpuSeconds(),
                        boosting.pace().dearestPageNanos());
        long unproven = boosting.lap().unprovenPages();
        Adaptive wiser = with(experience.with(cost).after(outcome, settings).withVolatileAtMost(unproven))
                .with(unseen.tidied());
        Worth worth = wiser.worth(sample, now);
        Optional<Reason> reason = !boosting.thorough() && worth.missing(outcome)
                ? Optional.of(Reason.MISSING)
                : worth.furtherLap(wiser.experience.expectedOfFurtherLap(unproven, sample.pageSizeBytes()));
        String text = String.format(
                Locale.ROOT,
                "The last boost saved %s for %.1f CPU seconds.",
                Prospect.mebibytes(outcome.gainedBytes()),
                outcome.cpuSeconds());
        return wiser.after(boosting.lap(), boosting.pace(), reason.orElse(null), boosting.thorough(), now, text);
    }

    /** @param reason for one more lap; null where it ends */
    private Adaptive after(Lap lap, Pace pace, @Nullable Reason reason, boolean thorough, Reading now, String outcome) {
        if (reason == null) {
            return with(new Resting(now, stoppedAtBoundary(now), outcome));
        }
        boolean leavesNothingOut = reason == Reason.MISSING || (reason == Reason.MET && thorough);
        return with(unseen.lapBegins())
                .with(new Tracking(lap.following(last), pace, lap.unprovenPages(), reason, leavesNothingOut));
    }

    private Adaptive track(Tracking tracking, AdaptiveSample sample, Reading now) {
        Lap lap = tracking.lap().next(now, sample.isScanning());
        Tracking here = tracking.with(lap, paced(tracking.pace(), now, Pace.Work.MERGING));
        Worth worth = worth(sample, now);
        double spentShare = lap.spentShare(worth.lapSeconds());
        boolean paid = worth.hasPaid(lap, spentShare);
        if (lap.isStuck()) {
            return with(new Resting(now, false, NOT_PAID));
        }
        if (!lap.isOver()) {
            return here.goesOn(paid, spentShare)
                    ? with(here)
                    : with(experience.inVain(here.unprovenPages())).with(new Resting(now, false, NOT_PAID));
        }
        long pageBytes = sample.pageSizeBytes();
        Adaptive wiser = with(unseen.visitedTwice()).with(experience.after(here, paid));
        Optional<Reason> reason =
                paid ? wiser.worth(sample, now).furtherLap(here.expectedOfAnother() * pageBytes) : Optional.empty();
        String text =
                paid ? "A further lap saved " + Prospect.mebibytes(lap.gainedPages() * pageBytes) + "." : NOT_PAID;
        return wiser.after(lap, here.pace(), reason.orElse(null), false, now, text);
    }

    private Adaptive tidying(Resting resting, Reading now) {
        return with(Tidying.begin(resting, now, Pace.begin(now, 0, settings.maxCpuPercent(), Pace.Work.MERGING)));
    }

    private Adaptive tidy(Tidying tidying, AdaptiveSample sample, Reading now) {
        String outcome = tidying.rest().outcome();
        Resting rest = unseen.guests().isEmpty()
                ? new Resting(now, true, outcome)
                : new Resting(tidying.rest().since(), false, outcome);
        // Behind the one process, and a little for those that have grown.
        long farthest = 2 * unseen.largestBytes() / sample.pageSizeBytes();
        if (tidying.hasPassed(now, farthest)) {
            return with(unseen.tidied()).with(rest);
        }
        if (tidying.isInVain(now)) {
            return with(unseen.stillGone(now.nanos())).with(rest);
        }
        return called(rest, sample, now)
                .orElseGet(() -> with(tidying.next(now, paced(tidying.pace(), now, Pace.Work.MERGING))));
    }

    /** Whether ksmd still sleeps after the last page of a lap whose end was seen now. */
    private boolean stoppedAtBoundary(Reading now) {
        return Orders.isCreeping(doing) && now.nanosSince(last) < Pace.CREEPING_SLEEP_NANOS;
    }

    private Step order(AdaptiveSample sample) {
        return new Step(
                this,
                Orders.knobs(doing, sample.knobs().keySet()),
                Orders.phase(doing),
                Explanation.of(this, sample),
                Orders.nextLook(this));
    }

    private Adaptive with(Reading now) {
        return new Adaptive(settings, now, unseen, cowSeen, pressure, experience, doing);
    }

    private Adaptive with(Unseen newer) {
        return new Adaptive(settings, last, newer, cowSeen, pressure, experience, doing);
    }

    private Adaptive with(Experience newer) {
        return new Adaptive(settings, last, unseen, cowSeen, pressure, newer, doing);
    }

    private Adaptive with(Doing next) {
        return new Adaptive(settings, last, unseen, cowSeen, pressure, experience, next);
    }
}
