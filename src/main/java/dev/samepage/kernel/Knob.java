package dev.samepage.kernel;

import java.util.OptionalLong;

/**
 * The files of {@code /sys/kernel/mm/ksm} that can be written. {@link #min} and {@link #max} are what the kernel can hold, so that whatever
 * was found can be put back; what is sensible is for the API to say. Ranges and refusals were measured on Linux 6.18 and are held against
 * the real kernel by {@code KsmKernelTest}.
 */
public enum Knob {
    /**
     * 0 stops ksmd and keeps what is merged, 1 scans, 2 stops and gives everything back (see {@link UnmergeGuard}). Reads 4, 5 or 6, which is
     * the value plus 4, while memory is being taken offline; a write then blocks until that is over. A write waits for ksmd's current batch.
     */
    RUN("run", 0, 2),
    /**
     * Pages that ksmd looks at before it sleeps. Refused (EINVAL) with every value while the advisor is on. 0 scans nothing, and is a busy
     * loop of the kernel together with {@link #SLEEP_MILLISECS} 0.
     */
    PAGES_TO_SCAN("pages_to_scan", 0, 4_294_967_295L),
    /** Milliseconds between two batches, rounded up to a timer tick. See {@link #PAGES_TO_SCAN} about 0. */
    SLEEP_MILLISECS("sleep_millisecs", 0, 4_294_967_295L),
    /** 0 or 1, on NUMA kernels only. A change is refused (EBUSY) while any page is merged, also with {@code run=0}. */
    MERGE_ACROSS_NODES("merge_across_nodes", 0, 1),
    /** 0 or 1: pages full of zeros are merged with the kernel's zero page. Affects later merges only. */
    USE_ZERO_PAGES("use_zero_pages", 0, 1),
    /**
     * Most pages that share one. Below 2 is refused (EINVAL), above 2^31 - 1 too (ERANGE), and a change while any page is merged (EBUSY).
     */
    MAX_PAGE_SHARING("max_page_sharing", 2, Integer.MAX_VALUE),
    /** Milliseconds between two clean-ups of pages that many others share. */
    STABLE_NODE_CHAINS_PRUNE_MILLISECS("stable_node_chains_prune_millisecs", 0, 4_294_967_295L),
    /** 0 or 1: pages that did not merge lately are visited less often. */
    SMART_SCAN("smart_scan", 0, 1),
    /**
     * 0 is {@code none}, 1 is {@code scan-time}. Every change resets {@link #PAGES_TO_SCAN}: to 100 for none, to what {@link
     * #ADVISOR_MIN_PAGES_TO_SCAN} is at that moment for scan-time; a later change of that does nothing until the next. Any other word is
     * refused (EINVAL), also the text that the file itself reads.
     */
    ADVISOR_MODE("advisor_mode", 0, 1) {
        @Override
        public String text(long value) {
            return value == 0 ? "none" : "scan-time";
        }

        @Override
        public OptionalLong parse(String text) {
            int open = text.indexOf('[');
            int close = text.indexOf(']', open + 1);
            return switch (open >= 0 && close > open ? text.substring(open + 1, close) : text) {
                case "none" -> OptionalLong.of(0);
                case "scan-time" -> OptionalLong.of(1);
                default -> OptionalLong.empty();
            };
        }
    },
    /** Per cent of one core. The kernel keeps the low 32 bits of whatever is written and refuses nothing; no other knob wraps like that. */
    ADVISOR_MAX_CPU("advisor_max_cpu", 0, 4_294_967_295L),
    /** Pages a batch with which the advisor starts; not a floor. Any number is accepted. */
    ADVISOR_MIN_PAGES_TO_SCAN("advisor_min_pages_to_scan", 0, Long.MAX_VALUE),
    /** Most pages a batch that the advisor may choose. Any number is accepted. */
    ADVISOR_MAX_PAGES_TO_SCAN("advisor_max_pages_to_scan", 0, Long.MAX_VALUE),
    /** Seconds that a lap should take. 0 is refused (EINVAL). */
    ADVISOR_TARGET_SCAN_TIME("advisor_target_scan_time", 1, Long.MAX_VALUE),
    /** 0 or 1: merges pages full of zeros and nothing else. In RHEL 9.9 and CentOS Stream 9 only. */
    REDHAT_ONLY_ZERO_PAGES("redhat_only_zero_pages", 0, 1);

    private final String file;
    private final long min;
    private final long max;

    Knob(String file, long min, long max) {
        this.file = file;
        this.min = min;
        this.max = max;
    }

    /** The kernel's name for it. */
    public String file() {
        return file;
    }

    /** The smallest value that the kernel keeps as written. */
    public long min() {
        return min;
    }

    /** The largest value that the kernel keeps as written, or {@link Long#MAX_VALUE} where that is larger. */
    public long max() {
        return max;
    }

    /** The text to write for a value. */
    public String text(long value) {
        return Long.toString(value);
    }

    /** The value in the text that the file reads; empty where the text is not understood. May lie outside the range, see {@link #RUN}. */
    public OptionalLong parse(String text) {
        return Text.unsigned(text);
    }
}
