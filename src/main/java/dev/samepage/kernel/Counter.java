package dev.samepage.kernel;

import java.util.OptionalLong;

/** The files of {@code /sys/kernel/mm/ksm} that only report. Since which kernel they exist is a hint; what counts is the file. */
public enum Counter {
    /** Pages kept once in place of many. Not the saving: that is {@link #PAGES_SHARING}. */
    PAGES_SHARED("pages_shared"),
    /** Further uses of the shared pages: the pages saved. Freezes while {@code run=0}, so that pages written to since still count. */
    PAGES_SHARING("pages_sharing"),
    /** Pages that were looked at and found unique. Means little under smart_scan, where it swings from lap to lap. */
    PAGES_UNSHARED("pages_unshared"),
    /** Pages that changed too fast to be merged. Means little under smart_scan, as {@link #PAGES_UNSHARED}. */
    PAGES_VOLATILE("pages_volatile"),
    /** Pages merged with the kernel's zero page, saved like {@link #PAGES_SHARING}. Linux 6.6. */
    KSM_ZERO_PAGES("ksm_zero_pages"),
    /** Laps: how often all mergeable memory was gone through. {@code run=2} resets it to 0. */
    FULL_SCANS("full_scans"),
    /** Pages looked at since boot. Linux 6.6. */
    PAGES_SCANNED("pages_scanned"),
    /** Pages that smart_scan passed over since boot. Linux 6.7. */
    PAGES_SKIPPED("pages_skipped"),
    /** Pages with so many users that they are kept more than once, see {@link Knob#MAX_PAGE_SHARING}. Linux 4.13. */
    STABLE_NODE_CHAINS("stable_node_chains"),
    /** The further copies of {@link #STABLE_NODE_CHAINS}. Linux 4.13. */
    STABLE_NODE_DUPS("stable_node_dups"),
    /** Bytes saved less bytes of bookkeeping: negative when KSM is a loss. Linux 6.4. */
    GENERAL_PROFIT("general_profit") {
        @Override
        OptionalLong parse(String text) {
            return Text.signed(text);
        }
    };

    private final String file;

    Counter(String file) {
        this.file = file;
    }

    /** The kernel's name for it. */
    public String file() {
        return file;
    }

    OptionalLong parse(String text) {
        return Text.unsigned(text);
    }
}
