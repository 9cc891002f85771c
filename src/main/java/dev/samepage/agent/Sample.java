package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node at one moment.
 *
 * @param at the wall clock, for reports
 * @param knobs the knobs that this kernel has
 * @param ksmdCpuNanos CPU time of ksmd since boot; null where the host's processes cannot be seen
 * @param guestsGone whether it is sure that no process offers memory: {@link dev.samepage.kernel.Guests#areGone}
 */
public record Sample(
        Instant at,
        Map<Knob, Long> knobs,
        Counters counters,
        HostMemory memory,
        @Nullable Long ksmdCpuNanos,
        List<Guest> guests,
        boolean guestsGone) {
    /** The same with these knobs. */
    Sample withKnobs(Map<Knob, Long> newer) {
        return new Sample(at, newer, counters, memory, ksmdCpuNanos, guests, guestsGone);
    }

    /** The same a moment later, as far as it changes while ksmd runs. */
    Sample withProgress(Instant now, Counters newer, @Nullable Long cpuNanos) {
        return new Sample(now, knobs, newer, memory, cpuNanos, guests, guestsGone);
    }

    /** The same a moment later, as far as it changes while ksmd stands still. */
    Sample withGuests(Instant now, List<Guest> newer, boolean gone) {
        return new Sample(now, knobs, counters, memory, ksmdCpuNanos, newer, gone);
    }

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
