package dev.samepage.agent;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A node's wall clock, which stands still until it is moved and may be set, and beside it the time that only goes forward. */
final class NodeClock extends Clock {
    private Instant steady = Instant.parse("2026-01-01T00:00:00Z");
    private Duration step = Duration.ZERO;

    void pass(Duration time) {
        steady = steady.plus(time);
    }

    /** Somebody sets the wall clock; the time that has passed is none the longer for it. */
    void set(Duration byHowMuch) {
        step = step.plus(byHowMuch);
    }

    /** What the wall clock would say if nobody had set it. */
    Instant steady() {
        return steady;
    }

    /** As {@link System#nanoTime}. */
    long nanoTime() {
        return Duration.between(Instant.EPOCH, steady).toNanos();
    }

    @Override
    public Instant instant() {
        return steady.plus(step);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
