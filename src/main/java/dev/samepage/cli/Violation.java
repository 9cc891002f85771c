package dev.samepage.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What is wrong with a field of a policy.
 *
 * @param path to the field, from the top of the file on; the parts of a list by their number from 0 on
 * @param message what is wrong, and what to write instead
 */
record Violation(List<String> path, String message) {
    Violation {
        path = List.copyOf(path);
    }

    /** The path to a field below this one. */
    static List<String> below(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return List.copyOf(longer);
    }

    @Override
    public String toString() {
        return String.join(".", path) + ": " + message;
    }
}
