package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Knobs that somebody else has changed. */
record Drift(Map<Knob, Change> changes) {
    private static final int SHOWN = 3;

    Drift {
        Map<Knob, Change> copy = new EnumMap<>(Knob.class);
        copy.putAll(changes);
        changes = Collections.unmodifiableMap(copy);
    }

    /** From what Samepage had set to what somebody else has. */
    record Change(long ours, long theirs) {}

    static Drift none() {
        return new Drift(Map.of());
    }

    /** What differs. Not {@code pages_to_scan} while the kernel's advisor turns it. */
    static Drift between(Map<Knob, Long> stood, Map<Knob, Long> stands) {
        boolean advised =
                stood.getOrDefault(Knob.ADVISOR_MODE, 0L) == 1 || stands.getOrDefault(Knob.ADVISOR_MODE, 0L) == 1;
        Map<Knob, Change> changes = new EnumMap<>(Knob.class);
        stands.forEach((knob, theirs) -> {
            Long ours = stood.get(knob);
            if (ours != null && !ours.equals(theirs) && !(advised && knob == Knob.PAGES_TO_SCAN)) {
                changes.put(knob, new Change(ours, theirs));
            }
        });
        return new Drift(changes);
    }

    /** This and what was changed after it, without what was changed and changed back. */
    Drift and(Drift later) {
        Map<Knob, Change> all = new EnumMap<>(Knob.class);
        all.putAll(changes);
        later.changes.forEach(
                (knob, change) -> all.merge(knob, change, (first, last) -> new Change(first.ours(), last.theirs())));
        all.values().removeIf(change -> change.ours() == change.theirs());
        return all.isEmpty() ? later : new Drift(all);
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    /** What somebody else has set. */
    Map<Knob, Long> theirs() {
        Map<Knob, Long> theirs = new EnumMap<>(Knob.class);
        changes.forEach((knob, change) -> theirs.put(knob, change.theirs()));
        return theirs;
    }

    /** In the kernel's words, three at most: {@code run 1 -> 0, pages_to_scan 1000 -> 64}. */
    @Override
    public String toString() {
        String shown = changes.entrySet().stream()
                .limit(SHOWN)
                .map(entry -> entry.getKey().file() + " "
                        + entry.getKey().text(entry.getValue().ours()) + " -> "
                        + entry.getKey().text(entry.getValue().theirs()))
                .collect(Collectors.joining(", "));
        return changes.size() <= SHOWN ? shown : shown + " and " + (changes.size() - SHOWN) + " more";
    }
}
