package dev.samepage.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/** How much CPU ksmd used over the last minute, or since the first sample while that is shorter. */
final class CpuMeter {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** A batch or two of ksmd would look like a busy core. */
    private static final Duration SHORTEST = Duration.ofMillis(500);

    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long monotonicNanos, long cpuNanos) {}

    /** Takes a reading of the CPU time since boot, at a moment of a clock that never goes back. */
    void add(long monotonicNanos, long cpuNanos) {
        if (!readings.isEmpty() && cpuNanos < readings.getLast().cpuNanos()) {
            readings.clear();
        }
        readings.add(new Reading(monotonicNanos, cpuNanos));
        while (readings.size() > 2 && monotonicNanos - readings.getFirst().monotonicNanos() > WINDOW.toNanos()) {
            readings.removeFirst();
        }
    }

    /** Per cent of one core; empty before there are readings half a second apart. */
    OptionalDouble percent() {
        if (readings.size() < 2) {
            return OptionalDouble.empty();
        }
        Reading first = readings.getFirst();
        Reading last = readings.getLast();
        long elapsed = last.monotonicNanos() - first.monotonicNanos();
        return elapsed < SHORTEST.toNanos()
                ? OptionalDouble.empty()
                : OptionalDouble.of(100.0 * (last.cpuNanos() - first.cpuNanos()) / elapsed);
    }
}
