package dev.samepage.agent;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Guest;
import java.util.HashSet;
import java.util.Set;

/**
 * Full laps that ksmd has made since the last guest arrived. A page is merged at its second visit at the earliest, so fewer than two
 * say nothing about what is to be gained.
 */
final class LapCounter {
    private final Set<Guest> known = new HashSet<>();
    private long lastScans = -1;
    private long laps;

    /** Takes the next sample. Guests that are there at the first sample count as just arrived. */
    void add(Sample sample) {
        long scans = sample.counters().get(Counter.FULL_SCANS).orElse(0);
        if (lastScans >= 0 && scans > lastScans) {
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
