package dev.samepage.operator;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Keeps the operator from writing more than 50 KsmNodes in any second, whatever many nodes have to be told at once: that is load
 * for the API server, and a change under way to as many nodes.
 */
final class WritePace {
    private static final int AT_MOST = 50;
    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final LongSupplier nanoTime;

    /** When the last writes were, the oldest at {@code next}. */
    private final long[] writes = new long[AT_MOST];

    private int next;

    /** When the last of those that were sent away is to come back. */
    private long lastInLine;

    /** Time is {@code nanoTime}, which never goes back. */
    WritePace(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        lastInLine = nanoTime.getAsLong();
        Arrays.fill(writes, lastInLine - WINDOW_NANOS);
    }

    /**
     * Asks to write once.
     *
     * @return zero to go ahead, else how long to wait before asking again: those who wait are spread over time, in line
     */
    synchronized Duration ask() {
        long now = nanoTime.getAsLong();
        long free = writes[next] + WINDOW_NANOS;
        if (now - free >= 0) {
            writes[next] = now;
            next = (next + 1) % AT_MOST;
            return Duration.ZERO;
        }
        long afterTheOthers = lastInLine + WINDOW_NANOS / AT_MOST;
        lastInLine = afterTheOthers - free > 0 ? afterTheOthers : free;
        return Duration.ofNanos(lastInLine - now);
    }
}
