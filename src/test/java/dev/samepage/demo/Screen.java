package dev.samepage.demo;

import java.io.PrintStream;

/** What the demo prints: numbered steps, commands as one would type them, and what these said. */
final class Screen {
    private static final String INDENT = "   ";

    private final PrintStream out;
    private int steps;

    Screen(PrintStream out) {
        this.out = out;
    }

    void title(String text) {
        out.printf("%n%s%n%s%n", text, "=".repeat(text.length()));
    }

    void step(String text) {
        out.printf("%n%d. %s%n", ++steps, text);
    }

    void say(String text) {
        text.strip().lines().forEach(line -> out.println(INDENT + line));
    }

    /** A command and what it said. */
    void command(String command, String output) {
        out.println();
        say("$ " + command);
        say(output);
    }

    void blank() {
        out.println();
    }
}
