package dev.samepage.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * When the kernel may be written to again: at once for something new, with growing pauses while the same keeps being needed, because it
 * was refused. What somebody else has undone is the matter of {@link Contention}.
 *
 * @param hash what was being applied
 * @param count how many times, within the pauses
 * @param last when it was last done
 */
record Attempts(String hash, int count, Instant last) {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int MAX_SHIFT = 20;

    static Attempts none() {
        return new Attempts("", 0, Instant.EPOCH);
    }

    /** Whether it is time: 1, 2, 4 s and so on up to 5 min after the last time. */
    boolean mayTry(String wanted, Instant now) {
        return !wanted.equals(hash) || !now.isBefore(last.plus(pause())) || now.isBefore(last);
    }

    /** After one more time. Ten minutes of peace make the next one a first one again. */
    Attempts next(String wanted, Instant now) {
        boolean peace = now.isAfter(last.plus(LONGEST_PAUSE.multipliedBy(2)));
        return new Attempts(wanted, wanted.equals(hash) && !peace ? count + 1 : 1, now);
    }

    private Duration pause() {
        Duration pause = Duration.ofSeconds(1L << Math.clamp(count - 1, 0, MAX_SHIFT));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
