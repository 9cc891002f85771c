package dev.samepage.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Un-merges without letting memory run out. Whether there is enough is found out when the process that is to write is ready to, and looked at
 * again five times a second while it writes: where the reserve is touched the process is killed, at which the kernel stops and leaves a part
 * un-merged. That goes on when there is room again, after 2, 4, 8 and 16 s at the earliest, and is given up after {@value #MAX_TRIES} tries or
 * {@link #TIME_LIMIT}. Not for use by two threads at once.
 */
public final class UnmergeGuard implements Unmerger {
    /** How often one call begins at most. */
    public static final int MAX_TRIES = 5;

    /** How long one call takes at most, a few seconds more or less: about 300 GiB can be un-merged in it. */
    public static final Duration TIME_LIMIT = Duration.ofMinutes(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_START = Duration.ofMinutes(5);

    private final UnmergeMemory memory;
    private final UnmergeWriter writer;
    private final Time time;

    UnmergeGuard(UnmergeMemory memory, UnmergeWriter writer, Time time) {
        this.memory = memory;
        this.writer = writer;
        this.time = time;
    }

    /** What passes between looks; in tests it does not pass by itself. */
    interface Time {
        /** A clock that never goes back, in nanoseconds. */
        long nanos();

        /** Does nothing for so long. */
        void pause(Duration pause) throws InterruptedException;
    }

    /**
     * The guard of a host.
     *
     * @param ksm the kernel's KSM directory
     * @param proc the host's /proc
     * @param cgroup the host's /sys/fs/cgroup; where that is not there, no guest's limit is looked at
     */
    public static UnmergeGuard at(Path ksm, Path proc, Path cgroup, Guests guests) {
        return new UnmergeGuard(
                new UnmergeMemory(new Ksm(new KsmDirectory(ksm)), proc, cgroup, guests),
                new UnmergeProcess(ksm),
                new Time() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public void pause(Duration pause) throws InterruptedException {
                        Thread.sleep(pause);
                    }
                });
    }

    /**
     * Un-merges everything and waits for it: about 7.5 us for each merged page and 70 ns for each page that could have been merged, so 2
     * minutes for 64 GiB. It ends within a second where it is no longer wanted, and where the calling thread is interrupted.
     *
     * @return {@link UnmergeResult.TooLittle} only where 2 was not written
     */
    @Override
    public UnmergeResult unmerge(int reservePercent, boolean onlyIfGuestsGone, Caller caller) {
        try {
            return new Call(reservePercent, onlyIfGuestsGone, caller).result();
        } catch (IOException e) {
            return new UnmergeResult.Failed("it could not be followed: " + Text.line(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new UnmergeResult.Failed("this process was interrupted while it waited for its child");
        }
    }

    /** One call, from its begin to its end. */
    private final class Call {
        private final int reservePercent;
        private final boolean onlyIfGuestsGone;
        private final Caller caller;
        private final long begin = time.nanos();
        private final long end = begin + TIME_LIMIT.toNanos();
        private boolean begun;

        Call(int reservePercent, boolean onlyIfGuestsGone, Caller caller) {
            this.reservePercent = reservePercent;
            this.onlyIfGuestsGone = onlyIfGuestsGone;
            this.caller = caller;
        }

        UnmergeResult result() throws IOException, InterruptedException {
            for (int tries = 1; caller.stillWants(); tries++) {
                UnmergeResult result = once();
                if (!(result instanceof UnmergeResult.NotUnmerged failed)
                        || !failed.mayPass()
                        || (tries == 1 && failed instanceof UnmergeResult.TooLittle)) {
                    return result;
                }
                Duration pause = FIRST_PAUSE.multipliedBy(1L << (tries - 1));
                if (tries == MAX_TRIES || time.nanos() + pause.toNanos() >= end) {
                    Duration taken = Duration.ofNanos(time.nanos() - begin);
                    return new UnmergeResult.GivenUp(tries, taken, memory.mergedBytes(), failed);
                }
                caller.pauses("Un-merging stopped at " + Mebibytes.up(memory.mergedBytes()) + " MiB still merged: "
                        + failed.reason() + ". It goes on in " + pause.toSeconds() + " s if there is room.");
                pause(pause);
            }
            return new UnmergeResult.CalledOff();
        }

        private void pause(Duration pause) throws InterruptedException {
            for (long second = 0; second < pause.toSeconds() && caller.stillWants(); second++) {
                time.pause(Duration.ofSeconds(1));
            }
        }

        /** One process from its start to its end. */
        private UnmergeResult once() throws IOException, InterruptedException {
            // Where there is too little, not even a process more is started.
            Optional<UnmergeResult> hopeless = objection(memory.outlook(reservePercent));
            if (hopeless.isPresent()) {
                return hopeless.orElseThrow();
            }
            try (UnmergeWriter.Writing writing = writer.start()) {
                return switch (started(writing)) {
                    case STARTING ->
                        caller.stillWants()
                                ? new UnmergeResult.Failed("the child process did not start in time")
                                : new UnmergeResult.CalledOff();
                    case ENDED -> writing.result();
                    case READY, WRITING -> decided(writing);
                };
            }
        }

        private UnmergeWriter.Stage started(UnmergeWriter.Writing writing) throws IOException, InterruptedException {
            long latest = Math.min(end, time.nanos() + LONGEST_START.toNanos());
            UnmergeWriter.Stage stage;
            do {
                stage = writing.await(LOOK_EVERY);
            } while (stage == UnmergeWriter.Stage.STARTING && time.nanos() < latest && caller.stillWants());
            return stage;
        }

        /** The process waits to be told. */
        private UnmergeResult decided(UnmergeWriter.Writing writing) throws IOException, InterruptedException {
            UnmergeOutlook outlook = memory.outlook(reservePercent);
            if (objection(outlook).isEmpty() && !begun) {
                if (!caller.begins(outlook.guests().unknown())) {
                    return new UnmergeResult.CalledOff();
                }
                begun = true;
                // Stopping ksmd waits for its batch: what was true before that may be so no more.
                outlook = memory.outlook(reservePercent);
            }
            Optional<UnmergeResult> objection = objection(outlook);
            if (objection.isPresent()) {
                return objection.orElseThrow();
            }
            writing.go();
            return watched(writing, outlook);
        }

        /** Why it is not to be done, as things are. */
        private Optional<UnmergeResult> objection(UnmergeOutlook outlook) {
            return onlyIfGuestsGone && !outlook.guestsGone()
                    ? Optional.of(new UnmergeResult.NotAllowed())
                    : outlook.shortage().map(UnmergeResult.class::cast);
        }

        private UnmergeResult watched(UnmergeWriter.Writing writing, UnmergeOutlook outlook)
                throws IOException, InterruptedException {
            while (writing.await(LOOK_EVERY) != UnmergeWriter.Stage.ENDED) {
                if (!caller.stillWants()) {
                    return stopped(writing, new UnmergeResult.CalledOff());
                }
                Optional<String> touched = memory.touched(outlook);
                if (touched.isPresent()) {
                    return stopped(writing, new UnmergeResult.Stopped(touched.orElseThrow()));
                }
                if (time.nanos() >= end) {
                    return stopped(
                            writing,
                            new UnmergeResult.Stopped("it was not done within " + TIME_LIMIT.toMinutes() + " minutes"));
                }
            }
            return writing.result();
        }

        /** It may have been done just before. */
        private UnmergeResult stopped(UnmergeWriter.Writing writing, UnmergeResult.NotUnmerged why)
                throws IOException, InterruptedException {
            writing.stop();
            if (writing.await(Duration.ZERO) != UnmergeWriter.Stage.ENDED) {
                return new UnmergeResult.Failed(
                        why.reason() + "; the process that un-merges was killed and has not ended");
            }
            return writing.result() instanceof UnmergeResult.Unmerged done ? done : why;
        }
    }
}
