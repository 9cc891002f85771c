package dev.samepage.agent;

import dev.samepage.kernel.Errno;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.UnmergeResult;
import dev.samepage.kernel.WriteResult;

/** What the kernel would not do, in sentences that say what to do about it. */
final class Refusals {
    private Refusals() {}

    /** A write that did not succeed. */
    static String describe(WriteResult result, String node) {
        String what = result.knob().file() + "=" + result.knob().text(result.value());
        return switch (result) {
            case WriteResult.Written written -> what + " is set on " + node + ".";
            case WriteResult.Refused refused ->
                what + " refused on " + node + ": " + refused.errno() + ", " + refused.cause() + "." + advice(refused);
            case WriteResult.NotKept notKept ->
                what + " was taken on " + node + " and yet reads " + notKept.readBack()
                        + ": somebody else writes these files too. Find and stop the other tuner.";
            case WriteResult.Missing missing -> what + " impossible on " + node + ": this kernel has no such file.";
            case WriteResult.OutOfRange range ->
                what + " not written on " + node + ": the kernel takes "
                        + result.knob().min() + " to " + result.knob().max() + ".";
            case WriteResult.Unsafe unsafe -> what + " not written on " + node + ": " + unsafe.cause() + ".";
            case WriteResult.Busy busy ->
                what + " not written on " + node + " yet: memory is being taken offline. It is tried again.";
        };
    }

    private static String advice(WriteResult.Refused refused) {
        if (refused.errno() == Errno.EBUSY
                && (refused.knob() == Knob.MERGE_ACROSS_NODES || refused.knob() == Knob.MAX_PAGE_SHARING)) {
            return " Set unmerge.allowed: true in the policy, or move the guests away first.";
        }
        if (refused.errno() == Errno.EROFS || refused.errno() == Errno.EACCES || refused.errno() == Errno.EPERM) {
            return " Mount the host's KSM directory writable into the agent, outside /sys, and run it as root.";
        }
        return "";
    }

    /** An un-merge that did not succeed. */
    static String describe(UnmergeResult result, String node) {
        return switch (result) {
            case UnmergeResult.Unmerged() -> "Nothing is merged on " + node + " any more.";
            case UnmergeResult.Refused(Errno errno, String cause) ->
                "Un-merging stopped on " + node + ": " + errno + ", " + cause + ". It goes on at the next try.";
            case UnmergeResult.Killed(int signal) ->
                "Un-merging on " + node + " was killed by signal " + signal
                        + (signal == 9 ? ", most likely because memory ran out" : "")
                        + ". Free memory; it goes on at the next try.";
            case UnmergeResult.StillMerged(long pages) ->
                pages + " pages are merged on " + node + " again after un-merging: somebody else has started ksmd.";
            case UnmergeResult.Failed(String cause) -> "Un-merging failed on " + node + ": " + cause + ".";
        };
    }
}
