package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Every knob before, under and after a policy. */
record KnobTable(Map<Knob, Long> found, Map<Knob, Long> applied, Map<Knob, Long> now) {
    private static final String LINE = "%-36s %-12s %-16s %s%n";

    /** The knobs that are not as they were found. */
    List<Knob> different() {
        return found.keySet().stream()
                .filter(knob -> !Objects.equals(found.get(knob), now.get(knob)))
                .toList();
    }

    /** A line for each knob; {@code <} points at what the policy changed, {@code <<<} at what is not as it was found. */
    @Override
    public String toString() {
        StringBuilder table =
                new StringBuilder(LINE.formatted("KNOB", "AS FOUND", "WITH THE POLICY", "AFTER ITS DELETION"));
        for (Knob knob : found.keySet()) {
            Long before = found.get(knob);
            Long then = applied.get(knob);
            Long after = now.get(knob);
            table.append(LINE.formatted(
                    knob.file(),
                    text(knob, before),
                    text(knob, then) + (Objects.equals(before, then) ? "" : "  <"),
                    text(knob, after) + (Objects.equals(before, after) ? "" : "  <<< NOT AS FOUND")));
        }
        return table.toString();
    }

    private static String text(Knob knob, @Nullable Long value) {
        return value == null ? "-" : knob.text(value);
    }
}
