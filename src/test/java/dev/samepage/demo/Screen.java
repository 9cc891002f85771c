package dev.samepage.demo;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** What the demo prints: numbered steps, commands as one would type them, and what these said. */
final class Screen {
    private static final String INDENT = "   ";

    private final PrintStream out;
    private int steps;
    private volatile @Nullable Thread only;

    Screen(PrintStream out) {
        this.out = out;
    }

    /** From now on only the calling thread prints; what others have to say is dropped. */
    void takeOver() {
        only = Thread.currentThread();
    }

    void title(String text) {
        blank();
        line(text);
        line("=".repeat(text.length()));
    }

    void step(String text) {
        blank();
        line(++steps + ". " + text);
    }

    void say(String text) {
        text.strip().lines().forEach(line -> line(INDENT + line));
    }

    /** A command and what it said. */
    void command(String command, String output) {
        blank();
        say("$ " + command);
        say(output);
    }

    void blank() {
        line("");
    }

    private void line(String text) {
        Thread owner = only;
        if (owner == null || owner == Thread.currentThread()) {
            out.println(text.stripTrailing());
        }
    }
}
