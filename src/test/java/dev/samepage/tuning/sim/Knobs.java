package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** The knobs of one kernel. One that it lacks has the value that its absence amounts to. */
final class Knobs {
    private final Map<Knob, Long> values = new EnumMap<>(Knob.class);

    /** As Linux starts. */
    Knobs(Set<Knob> available) {
        for (Knob knob : available) {
            values.put(knob, initial(knob));
        }
    }

    private static long initial(Knob knob) {
        return switch (knob) {
            case RUN, USE_ZERO_PAGES, ADVISOR_MODE, REDHAT_ONLY_ZERO_PAGES -> 0;
            case MERGE_ACROSS_NODES, SMART_SCAN -> 1;
            case PAGES_TO_SCAN -> 100;
            case SLEEP_MILLISECS -> 20;
            case MAX_PAGE_SHARING -> 256;
            case STABLE_NODE_CHAINS_PRUNE_MILLISECS -> 2000;
            case ADVISOR_MAX_CPU -> 70;
            case ADVISOR_MIN_PAGES_TO_SCAN -> 500;
            case ADVISOR_MAX_PAGES_TO_SCAN -> 30_000;
            case ADVISOR_TARGET_SCAN_TIME -> 200;
        };
    }

    boolean has(Knob knob) {
        return values.containsKey(knob);
    }

    long get(Knob knob) {
        return values.getOrDefault(knob, knob == Knob.SMART_SCAN ? 0 : initial(knob));
    }

    boolean on(Knob knob) {
        return get(knob) == 1;
    }

    void put(Knob knob, long value) {
        values.put(knob, value);
    }

    Map<Knob, Long> all() {
        return Collections.unmodifiableMap(new EnumMap<>(values));
    }
}
