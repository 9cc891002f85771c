package dev.samepage.agent;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.WriteResult;
import dev.samepage.tuning.WriteOrder;

/** What the kernel would not do, in sentences that say what to do about it. */
final class Refusals {
    private Refusals() {}

    /** A write that did not succeed. */
    static String describe(WriteResult.Failed failed, String node) {
        return failed.setting() + " refused on " + node + ": " + failed.reason() + "." + advice(failed);
    }

    private static String advice(WriteResult.Failed failed) {
        return switch (failed) {
            case WriteResult.Refused(Knob knob, long value, Errno errno, String cause) -> advice(knob, errno);
            case WriteResult.NotKept notKept -> " Find and stop the other program that tunes KSM here.";
            case WriteResult.Busy busy -> " It is tried again.";
            case WriteResult.Missing missing -> "";
            case WriteResult.OutOfRange range -> "";
            case WriteResult.Unsafe unsafe -> "";
        };
    }

    private static String advice(Knob knob, Errno errno) {
        return switch (errno) {
            case EBUSY ->
                WriteOrder.NEED_UNMERGED.contains(knob)
                        ? " Set unmerge.allowed: true in the policy, or move the guests away first."
                        : "";
            case EROFS, EACCES, EPERM ->
                " Mount the host's KSM directory writable into the agent, outside /sys, and run it as root.";
            default -> "";
        };
    }

    /** An un-merge that did not succeed. */
    static String describe(UnmergeResult.NotUnmerged failed, String node) {
        return "Un-merging did not end on " + node + ": " + failed.reason() + ". It goes on at the next try.";
    }
}
