package dev.samepage.agent;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.WriteResult;
import dev.samepage.tuning.WriteOrder;

/** What the kernel would not do, in sentences that say what to do about it. */
final class Refusals {
    private static final String AGAIN = " It is tried again, with growing pauses.";
    private static final String NOT_WRITTEN = " Nothing was written.";

    private Refusals() {}

    /** A write that did not succeed. */
    static String describe(WriteResult.Failed failed, String node) {
        return failed.setting() + " refused on " + node + ": " + failed.reason() + "." + advice(failed);
    }

    private static String advice(WriteResult.Failed failed) {
        return switch (failed) {
            case WriteResult.Refused(Knob knob, long value, Errno errno, String cause) -> advice(knob, errno);
            case WriteResult.NotKept notKept -> " Find and stop the other program that tunes KSM here.";
            case WriteResult.Busy busy -> AGAIN;
            case WriteResult.Missing missing -> NOT_WRITTEN;
            case WriteResult.OutOfRange range -> NOT_WRITTEN;
            case WriteResult.Unsafe unsafe -> NOT_WRITTEN;
        };
    }

    private static String advice(Knob knob, Errno errno) {
        if (errno == Errno.EBUSY && WriteOrder.NEED_UNMERGED.contains(knob)) {
            return " It is set once a policy for this node has unmerge.allowed: true, or once its guests are gone.";
        }
        if (errno == Errno.EINVAL && knob == Knob.PAGES_TO_SCAN) {
            return " Set mode: KernelAdvisor, or find and stop the other program that turns the advisor on.";
        }
        return AGAIN;
    }

    private static String advice(UnmergeResult.GivenUp givenUp) {
        return givenUp.isForWantOfTime()
                ? "Set mode: Unmerged until it is done: ksmd stands still between the tries then, and each goes on where the last has stopped."
                : "Free memory or move a guest away.";
    }

    /** An un-merge that was not begun; the same words whoever found out. */
    static String describe(UnmergeResult.TooLittle tooLittle) {
        return "Un-merging refused: " + tooLittle.reason() + ". " + tooLittle.advice();
    }

    /** An un-merge that did not succeed. */
    static String describe(UnmergeResult.NotUnmerged failed, String node) {
        return switch (failed) {
            case UnmergeResult.TooLittle tooLittle -> describe(tooLittle);
            case UnmergeResult.NotAllowed notAllowed ->
                "Un-merging refused: " + notAllowed.reason()
                        + ". Allow it (unmerge.allowed: true), or wait until the guests are gone.";
            case UnmergeResult.CalledOff calledOff ->
                "Un-merging called off on " + node + ": " + calledOff.reason() + ".";
            case UnmergeResult.StillMerged merged ->
                "Un-merging did not end on " + node + ": " + merged.reason()
                        + ". Find and stop the other program that tunes KSM here. Where there is none and only zero pages are left, the kernel"
                        + " has miscounted them, as it could before Linux 6.10, and nothing is to be done.";
            case UnmergeResult.GivenUp givenUp ->
                "Un-merging given up on " + node + ": " + givenUp.reason() + ". " + advice(givenUp);
            case UnmergeResult.Refused _, UnmergeResult.Killed _, UnmergeResult.Stopped _, UnmergeResult.Failed _ ->
                "Un-merging did not end on " + node + ": " + failed.reason() + ". It goes on at the next try.";
        };
    }
}
