package dev.samepage.agent;

import dev.samepage.agent.Contention.Advice;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Suspect;
import dev.samepage.kernel.Suspects;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over what the agent has written: tells what somebody else has changed from what is merely wanted otherwise than before. A knob
 * that reads differently from how the agent left it, or saw it last, was changed by somebody else; there is nobody to ask.
 */
final class DriftWatch {
    private static final Duration BETWEEN_SEARCHES = Duration.ofMinutes(1);
    private static final Duration REMARK = Duration.ofHours(1);

    /** {@code run=0} before it, and {@code run=2}. */
    private static final int WRITES_TO_UNMERGE = 2;

    private static final Logger log = LoggerFactory.getLogger(DriftWatch.class);

    private final String node;
    private final Suspects suspects;
    private final LongSupplier nanoTime;
    private final Activity activity;

    private Contention contention = Contention.none();
    private Drift drift = Drift.none();
    private @Nullable Suspect suspect;
    private boolean suspectGone;
    private String hash = "";
    private @Nullable Map<Knob, Long> stood;
    private Instant until = Instant.MIN;
    private Duration searchedAt = Duration.ZERO;
    private Duration backAt = Duration.ZERO;
    private String remark = "";

    DriftWatch(String node, Suspects suspects, LongSupplier nanoTime, Activity activity) {
        this.node = node;
        this.suspects = suspects;
        this.nanoTime = nanoTime;
        this.activity = activity;
    }

    /**
     * Takes how the node stands now.
     *
     * @param asked identifies what the node is to do; another one than before is something new, whatever somebody else has changed
     * @param touched whether the agent has written anything that is not restored; else whatever changes is not its business
     */
    void look(String asked, Sample sample, boolean touched) {
        if (!asked.equals(hash)) {
            hash = asked;
            contention = contention.ordered();
            drift = Drift.none();
            remark = "";
            stood = null;
        }
        if (sample.busy()) {
            return;
        }
        if (stood != null && touched) {
            compare(Drift.between(stood, sample.knobs()));
        }
        stood = touched ? sample.knobs() : null;
        if (contention.standsDown(now())) {
            lookForWriter(sample.at());
        }
    }

    private void compare(Drift newer) {
        if (newer.isEmpty()) {
            return;
        }
        activity.count(Deed.FOREIGN_CHANGE, newer.changes().size());
        boolean first = !contention.pending();
        contention = contention.seen(now());
        drift = first && contention.rounds() == 0 ? newer : drift.and(newer);
        if (first) {
            log.atWarn()
                    .addKeyValue("node", node)
                    .addKeyValue("changed", newer)
                    .log("Somebody else has changed KSM's settings");
            remark = "";
        }
    }

    /** Whether a knob is not as it was left, or seen last. */
    boolean differs(Map<Knob, Long> knobs) {
        return stood != null && !Drift.between(stood, knobs).isEmpty();
    }

    /** What to do about these actions, which are due. */
    Advice advice(List<Action> actions) {
        return contention.advice(now(), writes(actions));
    }

    /** These actions put back what somebody else has changed. */
    void puttingBack(List<Action> actions, Instant at) {
        if (contention.until() != null) {
            back(at);
        }
        contention = contention.putBack(now(), writes(actions));
    }

    /** Nothing is to be done: the node is as wanted. */
    void settled(Instant at) {
        if (contention.until() != null) {
            back(at);
        }
        contention = contention.settled(now());
    }

    private void back(Instant at) {
        remark = " Back since " + Rival.TIME.format(at)
                + (suspectGone ? ", as " + suspect + " has gone." : ", to see whether somebody else still changes it.");
        backAt = now();
        log.atInfo().addKeyValue("node", node).log("No more way is given." + remark);
    }

    /** What to add to a message for a while after way was given; empty where there is nothing to add. */
    String remark() {
        return remark.isEmpty() || now().minus(backAt).compareTo(REMARK) > 0 ? "" : remark;
    }

    /** Gives way from now on. */
    Rival giveWay(Instant at) {
        boolean known = contention.until() != null;
        contention = contention.standDown(now());
        until = at.plus(contention.left(now()).orElse(Duration.ZERO));
        suspect = suspects.of(drift.theirs()).orElse(null);
        suspectGone = false;
        searchedAt = now();
        Rival rival = new Rival(drift, suspect, until);
        if (!known) {
            log.atWarn().addKeyValue("node", node).log(rival.message());
        }
        return rival;
    }

    /** Who is given way to now. */
    Optional<Rival> rival() {
        return contention.standsDown(now()) ? Optional.of(new Rival(drift, suspect, until)) : Optional.empty();
    }

    /** What somebody else has changed since it stood as wanted. */
    Drift drift() {
        return drift;
    }

    /**
     * The agent has written. What it could not keep as it wrote it differs at the next look, and somebody else has changed it then.
     *
     * @param left how it has left the knobs
     */
    void wrote(Map<Knob, Long> left) {
        stood = left;
    }

    private void lookForWriter(Instant at) {
        if (suspect == null || now().minus(searchedAt).compareTo(BETWEEN_SEARCHES) < 0) {
            return;
        }
        searchedAt = now();
        if (!suspects.stillRuns(suspect)) {
            suspectGone = true;
            contention = contention.writerGone(now());
            until = at;
        }
    }

    private static int writes(List<Action> actions) {
        long unmerges =
                actions.stream().filter(Action.Unmerge.class::isInstance).count();
        return (int) (Decision.settings(actions).count() + unmerges * WRITES_TO_UNMERGE);
    }

    private Duration now() {
        return Duration.ofNanos(nanoTime.getAsLong());
    }
}
