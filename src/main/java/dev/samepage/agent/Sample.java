package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A node at one moment.
 *
 * @param at the wall clock, for reports
 * @param knobs the knobs that this kernel has
 * @param ksmdCpuNanos CPU time of ksmd since boot; empty where the host's processes cannot be seen
 */
public record Sample(
        Instant at,
        Map<Knob, Long> knobs,
        Counters counters,
        HostMemory memory,
        OptionalLong ksmdCpuNanos,
        List<Guest> guests) {

    /** Whether any page is merged, so that the kernel refuses what needs nothing merged. */
    public boolean merged() {
        return counters.get(Counter.PAGES_SHARED).orElse(0) > 0;
    }

    /** Whether any guest lacks pages of its own, be they merged or the kernel's zero page. */
    public boolean saves() {
        return merged() || counters.savedPages() > 0;
    }

    /** Whether memory is being taken offline: writes would wait for that to end. */
    public boolean busy() {
        return knobs.getOrDefault(Knob.RUN, 0L) > 2;
    }
}
