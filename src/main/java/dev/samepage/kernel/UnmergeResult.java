package dev.samepage.kernel;

import java.time.Duration;

/** What came of {@code run=2}. */
public sealed interface UnmergeResult {
    /** Nothing is merged any more. {@code run} now reads 2. */
    record Unmerged() implements UnmergeResult {}

    /** Some or all pages are still merged. */
    sealed interface NotUnmerged extends UnmergeResult {
        /** Why, in words that go on after a colon: {@code EROFS, it is mounted read-only...}. */
        String reason();

        /** Whether trying again a little later may help. */
        default boolean mayPass() {
            return false;
        }
    }

    /**
     * 2 was not written, because memory would run out, or because nobody knows whether it would.
     *
     * @param reason the figures, or what is not known
     * @param advice what a person can do about it, as a sentence
     */
    record TooLittle(String reason, String advice) implements NotUnmerged {
        @Override
        public boolean mayPass() {
            return true;
        }
    }

    /** It was under way and was stopped, so that memory does not run out or because it took too long; a part is un-merged. */
    record Stopped(String reason) implements NotUnmerged {
        @Override
        public boolean mayPass() {
            return true;
        }
    }

    /** 2 was not written: it is allowed only where all guests are gone, and that is not sure any more. */
    record NotAllowed() implements NotUnmerged {
        @Override
        public String reason() {
            return "it is allowed only where all guests are gone, and one may have come";
        }
    }

    /** Nobody wants it any more. Where it was under way it was stopped, and a part is un-merged. */
    record CalledOff() implements NotUnmerged {
        @Override
        public String reason() {
            return "something else is wanted by now, or this program ends";
        }
    }

    /**
     * It was stopped, or stopped by itself, too often or for too long.
     *
     * @param tries how often it was begun or could not even be
     * @param time from the first beginning
     * @param leftBytes what is still merged
     * @param last how the last try ended
     */
    record GivenUp(int tries, Duration time, long leftBytes, NotUnmerged last) implements NotUnmerged {
        @Override
        public String reason() {
            return (tries == 1 ? "1 try in " : tries + " tries in ") + time.toSeconds() + " s left "
                    + Mebibytes.up(leftBytes) + " MiB merged; the last: " + last.reason();
        }

        /** Whether it takes longer than one call may. */
        public boolean isForWantOfTime() {
            return time.compareTo(UnmergeGuard.TIME_LIMIT) >= 0;
        }
    }

    /**
     * The kernel did not take it, or gave up on the way (ENOMEM, EINTR); then {@code run} reads 0 and a part is un-merged.
     *
     * @param cause what {@code errno} means here
     */
    record Refused(Errno errno, String cause) implements NotUnmerged {
        @Override
        public String reason() {
            return errno == Errno.OTHER ? cause : errno + ", " + cause;
        }

        @Override
        public boolean mayPass() {
            return errno == Errno.ENOMEM || errno == Errno.EINTR;
        }
    }

    /**
     * The child was killed before it was done: {@code run} reads 0, and some memory may be un-merged although the counters move only at the
     * end. Signal 9 that nobody sent means that memory ran out.
     *
     * @param signal the number of the signal
     */
    record Killed(int signal) implements NotUnmerged {
        @Override
        public String reason() {
            return "the process that did it was killed by signal " + signal
                    + (signal == 9 ? ", as happens when memory runs out" : "");
        }

        @Override
        public boolean mayPass() {
            return true;
        }
    }

    /**
     * The write returned and yet pages are counted as merged: somebody has started ksmd again, or the kernel has miscounted its zero pages,
     * as it could before Linux 6.10.
     *
     * @param sharedPages {@code pages_shared}
     * @param zeroPages {@code ksm_zero_pages}
     */
    record StillMerged(long sharedPages, long zeroPages) implements NotUnmerged {
        @Override
        public String reason() {
            return "it was done, but " + sharedPages + " pages (pages_shared) and " + zeroPages
                    + " zero pages (ksm_zero_pages) are merged";
        }
    }

    /** The child could not do its work; nothing is known to have changed. */
    record Failed(String reason) implements NotUnmerged {}
}
