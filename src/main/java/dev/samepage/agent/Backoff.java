package dev.samepage.agent;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after a failure before the API server is asked again: anything from nothing to a limit, which is 5 s at first,
 * doubles with each failure, and is a minute in the end. When an API server comes back, the agents of a cluster do not come back
 * together, but spread over that minute.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final DoubleSupplier random;
    private Duration limit = FIRST;

    /** No failure so far; {@code random} gives numbers from 0 to 1. */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * After one more failure.
     *
     * @param asked what the API server asked for at least; it comes on top, as all agents may have been asked for the same
     */
    Duration next(Duration asked) {
        Duration pause = Duration.ofNanos((long) (limit.toNanos() * random.getAsDouble()));
        limit = limit.multipliedBy(2).compareTo(LONGEST) < 0 ? limit.multipliedBy(2) : LONGEST;
        return asked.plus(pause);
    }

    /** It works again. */
    void reset() {
        limit = FIRST;
    }
}
