package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import java.util.HashSet;
import java.util.Set;

/**
 * Full laps that ksmd has made since the last guest arrived. A page is merged at its second visit at the earliest, so fewer than two
 * say nothing about what is to be gained. An un-merge, which sets the kernel's count back to 0, begins anew as well: every page is new then.
 */
final class LapCounter {
    private final Set<Guest> known = new HashSet<>();
    private long lastScans = -1;
    private long laps;

    /** Takes the next sample. Guests that are there at the first sample count as just arrived. */
    void add(Sample sample) {
        long scans = sample.counters().get(Counter.FULL_SCANS).orElse(0);
        if (scans < lastScans) {
            laps = scans;
        } else if (lastScans >= 0) {
            laps += scans - lastScans;
        }
        lastScans = scans;
        known.retainAll(Set.copyOf(sample.guests()));
        if (known.addAll(sample.guests())) {
            laps = 0;
        }
    }

    long sinceLastArrival() {
        return laps;
    }
}
