package dev.samepage.measure;

import java.io.PrintStream;
import java.util.Locale;

/** Prints figures, each beside its bar. */
final class Bars {
    private final PrintStream out;
    private boolean allMet = true;

    Bars(PrintStream out) {
        this.out = out;
    }

    void say(String text) {
        out.println(text);
    }

    void title(String text) {
        out.printf("%n%s%n", text);
    }

    /** A figure that has no bar. */
    void figure(String what, double value, String unit) {
        out.printf(Locale.ROOT, "  %-52s %8.2f %s%n", what, value, unit);
    }

    void atMost(String what, double value, double bar, String unit) {
        judged(what, value, unit, "at most", bar, value <= bar);
    }

    void atLeast(String what, double value, double bar, String unit) {
        judged(what, value, unit, "at least", bar, value >= bar);
    }

    private void judged(String what, double value, String unit, String relation, double bar, boolean met) {
        allMet &= met;
        String judgement = met ? "met" : "NOT MET";
        out.printf(Locale.ROOT, "  %-52s %8.2f %-10s %-8s %7.2f: %s%n", what, value, unit, relation, bar, judgement);
    }

    /** Whether no figure has missed its bar. */
    boolean allMet() {
        return allMet;
    }
}
