package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.tuning.Adaptive;
import dev.samepage.tuning.AdaptiveSample;
import dev.samepage.tuning.AdaptiveSettings;
import dev.samepage.tuning.Step;
import dev.samepage.tuning.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mode Adaptive on this node, as long as the policy asks for it. Feeds the state machine: now and then with everything, and in between only
 * with what it waits for, because an agent that is there to save must not cost much itself. Nothing of it outlives the agent: what ksmd has
 * looked at before, the kernel tells.
 */
final class Adaptation {
    /** How often everything is looked at while ksmd runs. */
    private static final Duration WHOLE_SCANNING = Duration.ofSeconds(1);

    /** The same while it rests. */
    private static final Duration WHOLE_RESTING = Duration.ofSeconds(5);

    private static final Duration LISTING_GUESTS = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Adaptation.class);

    private final Host host;
    private final long pageSizeBytes;
    private final LongSupplier nanoTime;

    private @Nullable AdaptiveSettings settings;
    private @Nullable Step step;
    private @Nullable Seen seen;

    /** Whether a boost was broken off: what it has looked at is not merged yet, whatever the kernel tells. */
    private boolean interrupted;

    /** What the last whole round has seen, with the guests as they were listed last. */
    private record Seen(
            long nanos, long listedNanos, Assignment assignment, Sample sample, Host.Surroundings surroundings) {
        Seen with(Sample newer, long listed) {
            return new Seen(nanos, listed, assignment, newer, surroundings);
        }
    }

    Adaptation(Host host, long pageSizeBytes, LongSupplier nanoTime) {
        this.host = host;
        this.pageSizeBytes = pageSizeBytes;
        this.nanoTime = nanoTime;
    }

    /** Takes what a whole round has seen; empty where another mode is asked for. */
    Optional<Step> whole(Assignment assignment, Sample sample) {
        if (!(assignment instanceof Assignment.Covered covered)
                || !(covered.tuning() instanceof Tuning.Adaptive(AdaptiveSettings wanted))) {
            forget();
            return Optional.empty();
        }
        settings = wanted;
        long now = nanoTime.getAsLong();
        seen = new Seen(now, now, assignment, sample, host.surroundings(sample, pageSizeBytes));
        return Optional.of(take(wanted, sample, seen.surroundings()));
    }

    /**
     * Takes a brief look in between, with the order that follows and what it follows from; empty where it is time for a whole round.
     *
     * @throws IOException where KSM cannot be read
     */
    Optional<Look> brief(Assignment assignment) throws IOException {
        if (seen == null
                || step == null
                || settings == null
                || !seen.assignment().equals(assignment)) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        boolean scanning = step.knobs().getOrDefault(Knob.RUN, 0L) != 0;
        if (now - seen.nanos() >= (scanning ? WHOLE_SCANNING : WHOLE_RESTING).toNanos()) {
            return Optional.empty();
        }
        if (scanning) {
            Sample sample = host.progress(seen.sample());
            return Optional.of(new Look(sample, take(settings, sample, seen.surroundings())));
        }
        if (now - seen.listedNanos() >= LISTING_GUESTS.toNanos()) {
            seen = seen.with(host.guests(seen.sample()), now);
        }
        Sample sample = seen.sample();
        return Optional.of(new Look(
                sample,
                take(
                        settings,
                        sample,
                        host.growth(sample, pageSizeBytes, seen.surroundings().cowKsm()))));
    }

    /** A brief look, and what Adaptive wants after it. */
    record Look(Sample sample, Step step) {}

    private Step take(AdaptiveSettings wanted, Sample sample, Host.Surroundings surroundings) {
        AdaptiveSample taken = new AdaptiveSample(
                nanoTime.getAsLong(),
                sample.knobs(),
                sample.counters(),
                sample.ksmdCpuNanos(),
                sample.memory(),
                surroundings.guests(),
                surroundings.cowKsm(),
                pageSizeBytes);
        Step before = step;
        Step after = before == null
                ? Adaptive.start(wanted, taken, interrupted)
                : before.next().under(wanted).step(taken);
        if (before == null || before.phase() != after.phase()) {
            log.atInfo()
                    .addKeyValue("phase", Progress.phase(after))
                    .addKeyValue("why", after.why())
                    .log("Adaptive");
        }
        step = after;
        interrupted = interrupted && !after.isUnfinished();
        return after;
    }

    /** The knobs stand like this now, as far as is known. */
    void applied(Map<Knob, Long> knobs) {
        if (seen != null) {
            seen = seen.with(seen.sample().withKnobs(knobs), seen.listedNanos());
        }
    }

    /** Another mode is asked for, or nothing can be seen of KSM: whatever comes next begins anew. */
    void forget() {
        interrupted = interrupted || (step != null && step.isUnfinished());
        settings = null;
        step = null;
        seen = null;
        host.guests().forgetScanned();
    }

    /** The next round is to be a whole one. */
    void lookAtEverything() {
        seen = null;
    }

    /** After which the next round is due; empty in other modes. */
    Optional<Duration> nextLook() {
        if (step == null) {
            return Optional.empty();
        }
        return Optional.of(seen == null ? Duration.ZERO : step.nextLook());
    }

    /** What to say of it. */
    Optional<Progress> progress() {
        return Optional.ofNullable(step).map(Progress::of);
    }
}
