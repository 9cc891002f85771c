package dev.samepage.bench;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How much of what KSM's counters show is truly saved: known where somebody looked at the page tables while the counters showed anything. In
 * between it is as if it had changed evenly, before and after as at the nearest such moment, and 1 where there is none.
 *
 * @param bySeconds what was found, by time
 */
record TrueRatio(NavigableMap<Double, Double> bySeconds) {
    static TrueRatio of(List<Sample> samples) {
        NavigableMap<Double, Double> found = new TreeMap<>();
        for (Sample sample : samples) {
            Observation seen = sample.seen();
            if (seen.savedBytes() > 0 && seen.trueSavedBytes().isPresent()) {
                found.put(sample.seconds(), (double) seen.trueSavedBytes().getAsLong() / seen.savedBytes());
            }
        }
        return new TrueRatio(found);
    }

    double at(double seconds) {
        var before = bySeconds.floorEntry(seconds);
        var after = bySeconds.ceilingEntry(seconds);
        if (before == null || after == null) {
            return before != null ? before.getValue() : after != null ? after.getValue() : 1;
        }
        double length = after.getKey() - before.getKey();
        double part = length == 0 ? 0 : (seconds - before.getKey()) / length;
        return before.getValue() + part * (after.getValue() - before.getValue());
    }
}
