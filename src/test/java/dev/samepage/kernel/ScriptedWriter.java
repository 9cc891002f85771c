package dev.samepage.kernel;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Processes that un-merge, each as it was ordered, in a time that passes only while somebody waits. */
final class ScriptedWriter implements UnmergeWriter, UnmergeGuard.Time {
    /** How often processes were started, told to write, and killed. */
    int started;

    int told;
    int killed;

    /** Every pause between tries. */
    final List<Duration> pauses = new ArrayList<>();

    /** Every time for which a process was left to write without a look at it. */
    final List<Duration> waits = new ArrayList<>();

    private final Deque<Script> scripts = new ArrayDeque<>();
    private Runnable whilePausing = () -> {};
    private Runnable whileStarting = () -> {};
    private long nanos;

    /**
     * What one process does.
     *
     * @param looks what happens, between one look and the next, once it was told; it ends after the last
     * @param result what comes of it
     */
    private record Script(boolean starts, List<Runnable> looks, UnmergeResult result) {}

    /** The next process comes to this result after these things have happened. */
    ScriptedWriter then(UnmergeResult result, Runnable... looks) {
        scripts.add(new Script(true, List.of(looks), result));
        return this;
    }

    /** The next process never gets so far as to be told. */
    ScriptedWriter thenOneThatHangsAtItsStart() {
        scripts.add(new Script(false, List.of(), new UnmergeResult.Killed(9)));
        return this;
    }

    /** What happens in each pause between tries. */
    ScriptedWriter whilePausing(Runnable event) {
        whilePausing = event;
        return this;
    }

    /** What happens while each process starts. */
    ScriptedWriter whileStarting(Runnable event) {
        whileStarting = event;
        return this;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void pause(Duration pause) {
        pauses.add(pause);
        nanos += pause.toNanos();
        whilePausing.run();
    }

    /** That much time passes. */
    void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public Writing start() throws IOException {
        Script script = scripts.poll();
        if (script == null) {
            throw new IOException("nothing more is in the script");
        }
        started++;
        return new Writing() {
            private final Deque<Runnable> looks = new ArrayDeque<>(script.looks());
            private boolean going;
            private boolean ended;
            private UnmergeResult result = script.result();

            @Override
            public Stage await(Duration longest) {
                nanos += longest.toNanos();
                if (ended) {
                    return Stage.ENDED;
                }
                if (!going) {
                    whileStarting.run();
                    return script.starts() ? Stage.READY : Stage.STARTING;
                }
                waits.add(longest);
                Runnable next = looks.poll();
                if (next == null) {
                    ended = true;
                    return Stage.ENDED;
                }
                next.run();
                return Stage.WRITING;
            }

            @Override
            public void go() {
                told++;
                going = true;
            }

            @Override
            public UnmergeResult result() {
                return result;
            }

            @Override
            public void stop() {
                if (!ended) {
                    killed++;
                    ended = true;
                    // It was just done where it has nothing left to do.
                    result = looks.isEmpty() ? result : new UnmergeResult.Killed(9);
                }
            }

            @Override
            public void close() {
                stop();
            }
        };
    }
}
