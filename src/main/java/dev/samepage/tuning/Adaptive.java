package dev.samepage.tuning;

import dev.samepage.kernel.Knob;
import dev.samepage.tuning.Doing.Boosting;
import dev.samepage.tuning.Doing.Resting;
import dev.samepage.tuning.Doing.Tidying;
import dev.samepage.tuning.Doing.Tracking;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Mode Adaptive: sends ksmd in when there is something to gain, and lets it rest when there is not. A state machine over samples, which reads
 * and writes nothing itself; {@code src/docs/adaptive.md} tells how it works and why.
 *
 * @param last the reading of the sample before
 * @param cowSeen {@code cow_ksm} when a boost's laps began last
 */
public record Adaptive(
        AdaptiveSettings settings,
        Reading last,
        Unseen unseen,
        OptionalLong cowSeen,
        Pressure pressure,
        Experience experience,
        Doing doing) {
    private static final double NANOS = 1e9;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** A boost that comes meanwhile passes those that have ended anyway. */
    private static final long TIDY_AFTER_NANOS = 60 * SECOND_NANOS;

    private static final long TIDY_AT_MOST_NANOS = 5 * SECOND_NANOS;

    /** Less than this share of what was expected calls for a lap that leaves nothing out. */
    private static final double DISAPPOINTING = 0.7;

    /** How much a page that was dear once counts in the next boost: it may have been somebody else who kept the CPU busy. */
    private static final double FADING = 0.8;

    private static final String NOT_PAID = "A further lap did not pay.";

    /** After this much of a further lap without the yield it is given up. */
    private static final double GIVES_UP_AFTER = 0.15;

    /** Takes the first sample. */
    public static Step start(AdaptiveSettings settings, AdaptiveSample sample) {
        Reading now = Reading.of(sample);
        boolean scanning = sample.knobs().getOrDefault(Knob.RUN, 0L) == 1;
        Unseen unseen = Unseen.of(sample);
        Adaptive adaptive = new Adaptive(
                settings,
                now,
                // Whoever had ksmd running has not finished: what it has looked at may not be merged yet.
                scanning ? unseen.afresh(now.nanos()) : unseen,
                sample.cowKsm(),
                Pressure.of(sample.memory(), settings.memoryAvailableBelowPercent(), now.nanos()),
                Experience.none(settings),
                new Resting(now, !scanning && now.isFresh(), "Nothing was done yet."));
        return adaptive.step(sample);
    }

    /** Takes the next sample. */
    public Step step(AdaptiveSample sample) {
        Reading now = Reading.of(sample);
        Adaptive informed = informed(sample, now);
        Adaptive next = switch (informed.doing) {
            case Resting resting -> informed.rest(resting, sample, now);
            // Without guests no lap ever ends.
            case Boosting _, Tracking _ when informed.unseen.guests().isEmpty() -> informed.with(new Tidying(now, now));
            case Boosting boosting -> informed.boost(boosting, sample, now);
            case Tracking tracking -> informed.track(tracking, sample, now);
            case Tidying tidying -> informed.tidy(tidying, now);
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
        boolean scanning = sample.knobs().getOrDefault(Knob.RUN, 0L) == 1;
        return new Adaptive(
                settings,
                now,
                grown.afresh(now.nanos()),
                sample.cowKsm(),
                newer,
                experience,
                new Resting(now, !scanning, "Somebody has un-merged everything."));
    }

    private Adaptive rest(Resting resting, AdaptiveSample sample, Reading now) {
        Prospect prospect = prospect(resting, sample);
        double seconds = now.nanosSince(resting.since()) / NANOS;
        boolean tidiesUp = unseen.gone() > 0 && now.nanos() - unseen.goneAtNanos() >= TIDY_AFTER_NANOS;
        if (unseen.guests().isEmpty() || (settings.onlyUnderPressure() && !pressure.isShort())) {
            return tidiesUp ? with(new Tidying(now, now)) : this;
        }
        boolean paused = seconds < experience.pauseSeconds(settings) && !pressure.isShort();
        boolean called = prospect.pays() || prospect.hasWaited(unseen.waitedNanos(now.nanos()) / NANOS);
        if (called && !paused && (unseen.isSettled(now.nanos()) || pressure.isShort())) {
            return boost(resting.atBoundary(), prospect, false, sample, now);
        }
        if (seconds >= experience.lookAgainSeconds() && prospect.isCheapAfter(seconds)) {
            return boost(resting.atBoundary(), prospect, true, sample, now);
        }
        return tidiesUp ? with(new Tidying(now, now)) : this;
    }

    private Prospect prospect(Resting resting, AdaptiveSample sample) {
        return Prospect.of(
                settings,
                sample,
                Reading.of(sample),
                unseen,
                cowSeen,
                experience,
                resting.atBoundary(),
                pressure.isShort());
    }

    private Adaptive boost(boolean atBoundary, Prospect prospect, boolean unasked, AdaptiveSample sample, Reading now) {
        Pace pace = Pace.begin(now, FADING * experience.cost().dearestPageNanos(), settings.maxCpuPercent());
        String why = unasked
                ? "A look at everything after a rest of " + experience.lookAgainSeconds() + " s."
                : "For " + prospect.what() + (pressure.isShort() ? "; memory is short." : ".");
        boolean thorough = unasked || !experience.knowsWhatComes();
        Lap lap = Lap.begin(now, lapPages(sample));
        Boosting boosting = new Boosting(now, 2, atBoundary ? 1 : 0, lap, pace, 0, prospect, thorough, unasked, why);
        Adaptive boosted = with(boosting);
        return atBoundary ? boosted.seeing(sample) : boosted;
    }

    /** A whole lap begins, which will see all that is there now. */
    private Adaptive seeing(AdaptiveSample sample) {
        return new Adaptive(settings, last, unseen.seen(), sample.cowKsm(), pressure, experience, doing);
    }

    private long lapPages(AdaptiveSample sample) {
        return Prospect.pages(unseen, Reading.of(sample), sample.pageSizeBytes())
                .all();
    }

    private Adaptive boost(Boosting boosting, AdaptiveSample sample, Reading now) {
        Lap lap = boosting.lap().next(now);
        Pace pace = Orders.isCreeping(boosting)
                ? boosting.pace()
                : boosting.pace()
                        .next(
                                now,
                                settings.maxCpuPercent(),
                                boosting.isLastLap() ? Pace.Work.MERGING : Pace.Work.MEETING);
        Boosting here = boosting.with(lap, pace);
        if (!lap.isOver()) {
            return lap.isStuck()
                    ? with(unseen.seen()).with(new Resting(now, false, "ksmd has found no memory to look at."))
                    : with(here);
        }
        if (boosting.isLastLap()) {
            return afterBoost(here, sample, now);
        }
        Boosting nextLap = here.nextLap(lap.following(last));
        Adaptive onward = with(unseen.lapBegins())
                .with(nextLap.isLastLap() ? nextLap.with(pace.merging(settings.maxCpuPercent())) : nextLap);
        return boosting.lapNumber() == 0 ? onward.seeing(sample) : onward;
    }

    private Adaptive afterBoost(Boosting boosting, AdaptiveSample sample, Reading now) {
        Prospect prospect = boosting.prospect();
        long gained = Math.max(
                (boosting.gainedPages() + boosting.lap().gainedPages()) * sample.pageSizeBytes(),
                // What was written to and merges at the same visit does not show in the counters.
                (now.savedPages() - boosting.start().savedPages()) * sample.pageSizeBytes() + prospect.erodedBytes());
        double cpuSeconds = now.cpuNanosSince(boosting.start()).orElse(0) / NANOS;
        Experience.Outcome outcome = new Experience.Outcome(
                prospect.expectedBytes(),
                gained,
                cpuSeconds,
                pairShare(boosting, now, gained / sample.pageSizeBytes()),
                prospect.isForEroded(),
                boosting.unasked());
        LapCost cost = experience
                .cost()
                .measured(prospect.cpuSeconds(), cpuSeconds, boosting.pace().dearestPageNanos());
        Adaptive wiser = with(experience.with(cost).after(outcome, settings)).with(unseen.tidied());
        long skipped = now.skippedPages() - boosting.lap().start().skippedPages();
        long changed = Math.max(0, now.changedPages() - skipped);
        double lapSeconds = cost.furtherLapSeconds(Prospect.pages(wiser.unseen, now, sample.pageSizeBytes()));
        long expected = wiser.experience.expectedOfFurtherLap(changed, sample.pageSizeBytes());
        boolean furtherPays = expected > 0 && expected >= settings.minSavedBytesPerCpuSecond() * lapSeconds;
        boolean missing = !boosting.thorough() && gained < prospect.expectedBytes() * DISAPPOINTING;
        String outcomeText = String.format(
                Locale.ROOT, "The last boost saved %s for %.1f CPU seconds.", Prospect.mebibytes(gained), cpuSeconds);
        return furtherPays || missing
                ? wiser.with(wiser.unseen.lapBegins())
                        .with(new Tracking(boosting.lap().following(last), boosting.pace(), changed, missing))
                : wiser.with(new Resting(now, stoppedAtBoundary(now), outcomeText));
    }

    /** What was left out may be what was missing: then nothing is left out the next time. */
    private static double pairShare(Boosting boosting, Reading now, long gainedPages) {
        long pairs = Math.max(0, now.sharedPages() - boosting.lap().start().sharedPages());
        return gainedPages <= 0 ? 1 : Math.min(1, (double) pairs / gainedPages);
    }

    private Adaptive track(Tracking tracking, AdaptiveSample sample, Reading now) {
        Lap lap = tracking.lap().next(now);
        Pace pace = Orders.isCreeping(tracking)
                ? tracking.pace()
                : tracking.pace().next(now, settings.maxCpuPercent(), Pace.Work.MERGING);
        double gained = (double) lap.gainedPages() * sample.pageSizeBytes();
        boolean pays =
                gained >= settings.minSavedBytesPerCpuSecond() * (lap.cpuNanos().orElse(0) / NANOS);
        if (!lap.isOver()) {
            boolean inVain = !pays && !tracking.thorough() && lap.share().orElse(1) >= GIVES_UP_AFTER;
            return inVain || lap.isStuck()
                    ? with(experience.inVain(tracking.changedPages())).with(new Resting(now, false, NOT_PAID))
                    : with(new Tracking(lap, pace, tracking.changedPages(), tracking.thorough()));
        }
        Adaptive whole = with(unseen.visitedTwice().lapBegins());
        return pays
                ? whole.with(tracking.thorough() ? experience.withPairs() : experience)
                        .with(new Tracking(lap.following(last), pace, now.changedPages(), false))
                : whole.with(experience.inVain(tracking.changedPages()))
                        .with(new Resting(now, stoppedAtBoundary(now), NOT_PAID));
    }

    private Adaptive tidy(Tidying tidying, Reading now) {
        boolean moved = now.walkedPagesSince(tidying.start()).orElse(0) > 0
                || now.cpuNanosSince(tidying.start()).orElse(0) > 0;
        boolean falling = now.savedPages() < tidying.last().savedPages()
                || now.itemPages() < tidying.last().itemPages();
        if ((moved && !falling) || now.nanosSince(tidying.start()) > TIDY_AT_MOST_NANOS) {
            return with(unseen.tidied())
                    .with(new Resting(now, unseen.guests().isEmpty(), "ksmd has passed guests that ended."));
        }
        return with(new Tidying(tidying.start(), now));
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
                doing instanceof Resting resting
                        ? Orders.why(this, resting, prospect(resting, sample))
                        : Orders.why(doing),
                Orders.nextLook(this),
                Orders.lapPercent(doing));
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
