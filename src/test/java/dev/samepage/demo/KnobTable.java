package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every knob before a policy, twice while it was there, and after it.
 *
 * @param atFirst once the policy had its first effect
 * @param atLast before it was deleted
 * @param phase what Adaptive did then
 */
record KnobTable(
        Map<Knob, Long> found, Map<Knob, Long> atFirst, Map<Knob, Long> atLast, String phase, Map<Knob, Long> now) {
    private static final String LINE = "%-36s %-10s %-14s %-14s %s%n";

    /** The knobs that are not as they were found. */
    List<Knob> different() {
        return found.keySet().stream()
                .filter(knob -> !Objects.equals(found.get(knob), now.get(knob)))
                .toList();
    }

    /** A line for each knob; {@code <} points at what the policy changed. */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(LINE.formatted(
                "KNOB", "AS FOUND", "IN BOOST", "IN " + phase.toUpperCase(Locale.ROOT), "AFTER THE POLICY"));
        for (Knob knob : found.keySet()) {
            table.append(LINE.formatted(
                    knob.file(),
                    text(knob, found.get(knob)),
                    marked(knob, atFirst, " <"),
                    marked(knob, atLast, " <"),
                    marked(knob, now, " <<< NOT AS FOUND")));
        }
        return table.toString();
    }

    private String marked(Knob knob, Map<Knob, Long> values, String mark) {
        Long value = values.get(knob);
        return text(knob, value) + (Objects.equals(value, found.get(knob)) ? "" : mark);
    }

    private static String text(Knob knob, @Nullable Long value) {
        return value == null ? "-" : knob.text(value);
    }
}
