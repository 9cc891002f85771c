package dev.samepage.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone at the end, the newest first. Done once, by the script at its end or by Ctrl-C, whoever is first. */
final class Undo {
    private final Deque<Step> steps = new ArrayDeque<>();
    private volatile boolean begun;
    private boolean complete = true;

    private record Step(String what, AutoCloseable action) {}

    /**
     * Has it undone at the end; at once if that has begun already.
     *
     * @param what is undone, for a message if it fails
     */
    synchronized <T extends AutoCloseable> T later(String what, T action) {
        steps.push(new Step(what, action));
        if (begun) {
            run();
            throw new IllegalStateException("the end has begun");
        }
        return action;
    }

    /** Undoes everything; what fails does not keep the rest from being undone. Whether nothing failed, now or before. */
    synchronized boolean run() {
        begun = true;
        while (!steps.isEmpty()) {
            Step step = steps.pop();
            try {
                step.action().close();
            } catch (Exception e) {
                complete = false;
                System.out.printf("%n*** NOT DONE: %s: %s%n", step.what(), e.getMessage());
            }
        }
        return complete;
    }

    /** Nothing new is done from now on. */
    void begin() {
        begun = true;
    }

    boolean begun() {
        return begun;
    }
}
