package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;

/**
 * When the kernel may be written to again: at once for something new, with growing pauses while the same keeps being needed, because it
 * was refused. What somebody else has undone is the matter of {@link Contention}.
 *
 * @param hash what was being applied
 * @param outstanding the knobs that were to be changed for it the last time, and were not
 * @param count how many times, within the pauses
 * @param last when it was last done
 */
record Attempts(String hash, Set<Knob> outstanding, int count, Instant last) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MAX_SHIFT = 20;

    Attempts {
        outstanding = Set.copyOf(outstanding);
    }

    static Attempts none() {
        return new Attempts("", Set.of(), 0, Instant.EPOCH);
    }

    /** Those for what is asked for now: for something else than before nothing was tried yet. */
    Attempts of(String wanted) {
        return wanted.equals(hash) ? this : new Attempts(wanted, Set.of(), 0, Instant.EPOCH);
    }

    /**
     * Whether it is time: at once where a knob is to be changed that was not refused, else 1, 2, 4 s and so on up to 5 min after the last time.
     *
     * @param knobs all that are to be changed
     */
    boolean mayTry(Set<Knob> knobs, Instant now) {
        return !outstanding.containsAll(knobs) || !now.isBefore(last.plus(pause())) || now.isBefore(last);
    }

    /**
     * After one more time. Ten minutes of peace make the next one a first one again.
     *
     * @param refused the knobs that were to be changed, and were not
     */
    Attempts next(Set<Knob> refused, Instant now) {
        boolean peace = now.isAfter(last.plus(LONGEST_PAUSE.multipliedBy(2)));
        boolean same = refused.equals(outstanding) || !Collections.disjoint(refused, outstanding);
        return new Attempts(hash, refused, same && !peace ? count + 1 : 1, now);
    }

    private Duration pause() {
        Duration pause = Duration.ofSeconds(1L << Math.clamp(count - 1, 0, MAX_SHIFT));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
