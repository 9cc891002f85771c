package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Samples of a node of 16 GiB. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    static final HostMemory MEMORY = new HostMemory(16L << 30, 4L << 30);

    private Samples() {}

    static Sample of(Map<Knob, Long> knobs, Map<Counter, Long> counters, List<Guest> guests) {
        return new Sample(NOON, knobs, new Counters(counters), MEMORY, null, guests, false);
    }

    /** After so many laps, with guests of these process ids. */
    static Sample laps(long fullScans, int... pids) {
        return of(
                Map.of(Knob.RUN, 1L),
                Map.of(Counter.FULL_SCANS, fullScans),
                Arrays.stream(pids)
                        .mapToObj(pid -> new Guest(pid, "guest-" + pid, 100))
                        .toList());
    }

    /** Every knob and every counter, with the largest numbers that there are. */
    static Sample largest() {
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        for (Knob knob : Knob.values()) {
            knobs.put(knob, knob.max());
        }
        Map<Counter, Long> counters = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            counters.put(counter, Long.MAX_VALUE);
        }
        counters.put(Counter.GENERAL_PROFIT, Long.MIN_VALUE);
        return new Sample(
                NOON,
                knobs,
                new Counters(counters),
                new HostMemory(Long.MAX_VALUE, Long.MAX_VALUE),
                Long.MAX_VALUE,
                List.of(new Guest(Integer.MAX_VALUE, "x".repeat(128), Long.MAX_VALUE)),
                false);
    }
}
