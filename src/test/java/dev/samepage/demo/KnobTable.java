package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every knob before, under and after two policies. */
record KnobTable(
        Map<Knob, Long> found,
        String first,
        Map<Knob, Long> underFirst,
        String second,
        Map<Knob, Long> underSecond,
        Map<Knob, Long> now) {
    private static final String LINE = "%-36s %-10s %-12s %-20s %s%n";

    /** The knobs that are not as they were found. */
    List<Knob> different() {
        return found.keySet().stream()
                .filter(knob -> !Objects.equals(found.get(knob), now.get(knob)))
                .toList();
    }

    /** A line for each knob; {@code <} points at what a policy changed. */
    @Override
    public String toString() {
        StringBuilder table =
                new StringBuilder(LINE.formatted("KNOB", "AS FOUND", "ksmp/" + first, "ksmp/" + second, "AFTER BOTH"));
        for (Knob knob : found.keySet()) {
            table.append(LINE.formatted(
                    knob.file(),
                    text(knob, found.get(knob)),
                    marked(knob, underFirst, " <"),
                    marked(knob, underSecond, " <"),
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
