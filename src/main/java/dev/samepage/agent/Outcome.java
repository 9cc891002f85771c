package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.WriteResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What has come of carrying out a decision, write by write: what went wrong, and how each knob was left. */
final class Outcome {
    private final List<String> failures = new ArrayList<>();
    private final Map<Knob, Long> left = new EnumMap<>(Knob.class);
    private final Map<Knob, Long> taken = new EnumMap<>(Knob.class);
    private boolean calledOff;

    /** Nothing is written yet; the knobs stand like this. */
    Outcome(Map<Knob, Long> before) {
        left.putAll(before);
    }

    /** Something went wrong, which this sentence says. */
    void failed(String failure) {
        failures.add(failure);
    }

    /** A knob was to be written. */
    void wrote(WriteResult result) {
        switch (result) {
            case WriteResult.Written(Knob knob, long value) -> {
                set(knob, value);
                taken.put(knob, value);
            }
            // It was taken. Whoever made something else of it since then has changed it.
            case WriteResult.NotKept(Knob knob, long value, String _) -> {
                set(knob, value);
                taken.remove(knob);
            }
            case WriteResult.Refused _,
                    WriteResult.Missing _,
                    WriteResult.OutOfRange _,
                    WriteResult.Unsafe _,
                    WriteResult.Busy _ -> {
                left.remove(result.knob());
                taken.remove(result.knob());
            }
        }
    }

    /** All memory was to be un-merged, which leaves 2 in {@code run} where it is done. */
    void unmerged(boolean done) {
        if (done) {
            left.put(Knob.RUN, 2L);
            taken.put(Knob.RUN, 2L);
        } else {
            left.remove(Knob.RUN);
            taken.remove(Knob.RUN);
        }
    }

    /** It ended because something else is wanted by now. */
    void calledOff() {
        calledOff = true;
    }

    private void set(Knob knob, long value) {
        Long before = left.put(knob, value);
        if (knob == Knob.ADVISOR_MODE && !Objects.equals(before, value)) {
            // The kernel has reset it.
            left.remove(Knob.PAGES_TO_SCAN);
        }
    }

    /** What went wrong, a sentence each; empty where nothing did. */
    List<String> failures() {
        return Collections.unmodifiableList(failures);
    }

    /** Whether nothing went wrong. */
    boolean succeeded() {
        return failures.isEmpty();
    }

    /** Whether it ended because something else is wanted by now. */
    boolean isCalledOff() {
        return calledOff;
    }

    /** How the agent has left each knob, or found it; without those of which that is not known. */
    Map<Knob, Long> left() {
        return Collections.unmodifiableMap(left);
    }

    /**
     * Which of the knobs that were to be changed are not, be it that they were refused or that it did not come to them.
     *
     * @param changes with what each was to be in the end: one that was only stopped on the way is outstanding
     */
    Set<Knob> outstanding(Map<Knob, Long> changes) {
        Map<Knob, Long> outstanding = new EnumMap<>(changes);
        outstanding.entrySet().removeIf(change -> change.getValue().equals(taken.get(change.getKey())));
        return outstanding.keySet();
    }
}
