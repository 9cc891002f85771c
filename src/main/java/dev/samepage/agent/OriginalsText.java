package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The originals as a file: a line for each knob, in the kernel's own words, between a first line that says what it is and a last one
 * that says that nothing is missing. Whoever finds it can put the values back with a shell.
 */
final class OriginalsText {
    private static final String FIRST = "# KSM settings as Samepage found them";
    private static final String LAST = "# end";
    private static final String BOOT = "boot ";

    private OriginalsText() {}

    /**
     * What a file turned out to hold.
     *
     * @param complete false where lines are missing or not understood; {@code originals} then has what could be read
     */
    record Parsed(Originals originals, boolean complete) {}

    static String write(Originals originals) {
        StringBuilder text = new StringBuilder(FIRST).append('\n');
        text.append(BOOT).append(originals.bootId()).append('\n');
        originals
                .knobs()
                .forEach((knob, value) -> text.append(knob.file())
                        .append(' ')
                        .append(knob.text(value))
                        .append('\n'));
        return text.append(LAST).append('\n').toString();
    }

    /** Reads as much as there is; empty where this is no such file, or where it does not even say of which boot. */
    static Optional<Parsed> parse(String text) {
        // A last line without its end may be a part of a longer one: "pages_to_scan 10" of 1000.
        int end = text.lastIndexOf('\n') + 1;
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(FIRST) || !lines.get(1).startsWith(BOOT)) {
            return Optional.empty();
        }
        boolean complete = lines.getLast().equals(LAST) && end == text.length();
        Map<Knob, Long> knobs = new EnumMap<>(Knob.class);
        for (String line : lines.subList(2, lines.size())) {
            if (!line.equals(LAST) && !read(line, knobs)) {
                complete = false;
            }
        }
        return Optional.of(new Parsed(new Originals(lines.get(1).substring(BOOT.length()), knobs), complete));
    }

    private static boolean read(String line, Map<Knob, Long> knobs) {
        int space = line.indexOf(' ');
        if (space < 0) {
            return false;
        }
        Optional<Knob> knob = Arrays.stream(Knob.values())
                .filter(k -> k.file().equals(line.substring(0, space)))
                .findFirst();
        OptionalLong value = knob.map(k -> k.parse(line.substring(space + 1))).orElse(OptionalLong.empty());
        if (knob.isEmpty() || value.isEmpty()) {
            return false;
        }
        knobs.put(knob.orElseThrow(), value.getAsLong());
        return true;
    }
}
