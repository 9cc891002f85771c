package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Every knob as it was found when a policy first tuned the node since this boot, before anything was written. */
public record Originals(String bootId, Map<Knob, Long> knobs) {
    public Originals {
        Map<Knob, Long> copy = new EnumMap<>(Knob.class);
        copy.putAll(knobs);
        knobs = Collections.unmodifiableMap(copy);
    }

    /** The same where a part was lost: {@code run} is then 0, as the kernel starts with, because nobody would watch over ksmd. */
    Originals withRun() {
        Map<Knob, Long> known = new EnumMap<>(Knob.class);
        known.put(Knob.RUN, 0L);
        known.putAll(knobs);
        return new Originals(bootId, known);
    }

    /**
     * Where the knobs are to stand again. A {@code run} that was found at 2 becomes 0, which scans as little: writing 2 would un-merge.
     * One that was found while memory was being taken offline is its value without that mark.
     */
    public Map<Knob, Long> toRestore() {
        Map<Knob, Long> restored = new EnumMap<>(Knob.class);
        restored.putAll(knobs);
        restored.put(Knob.RUN, knobs.getOrDefault(Knob.RUN, 0L) % 4 == 1 ? 1L : 0L);
        return restored;
    }
}
