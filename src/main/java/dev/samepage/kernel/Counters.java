package dev.samepage.kernel;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The counters of one moment, read one after the other while ksmd may be running: sums of them can be off by what changed meanwhile.
 *
 * @param values only the counters that this kernel has; kept as an unmodifiable copy in the order of {@link Counter}
 */
public record Counters(Map<Counter, Long> values) {
    /** What the kernel keeps for each page it has looked at: {@code sizeof(struct ksm_rmap_item)}. */
    private static final long RMAP_ITEM_BYTES = 64;

    public Counters {
        EnumMap<Counter, Long> copy = new EnumMap<>(Counter.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /** The value, or empty where this kernel has no such counter. */
    public OptionalLong get(Counter counter) {
        Long value = values.get(counter);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** Pages that are not needed thanks to merging: {@code pages_sharing + ksm_zero_pages}. */
    public long savedPages() {
        return sum(Counter.PAGES_SHARING, Counter.KSM_ZERO_PAGES);
    }

    /** {@link #savedPages} in bytes, before the cost of bookkeeping. */
    public long savedBytes(long pageSizeBytes) {
        return saturated(savedPages(), pageSizeBytes);
    }

    /**
     * Pages that ksmd has looked at, for each of which the kernel keeps an {@code rmap_item}: {@code pages_shared + pages_sharing +
     * pages_unshared + pages_volatile} (that is how the kernel computes {@code pages_volatile}).
     */
    public long knownPages() {
        return sum(Counter.PAGES_SHARED, Counter.PAGES_SHARING, Counter.PAGES_UNSHARED, Counter.PAGES_VOLATILE);
    }

    /**
     * Bytes gained after the cost of bookkeeping; negative when KSM is a loss. This is {@code general_profit} where the kernel has it (6.4).
     * Elsewhere it is the same sum done here: the bytes saved less 64 for each of the {@link #knownPages}.
     */
    public long profitBytes(long pageSizeBytes) {
        Long kernels = values.get(Counter.GENERAL_PROFIT);
        if (kernels != null) {
            return kernels;
        }
        return savedBytes(pageSizeBytes) - saturated(knownPages(), RMAP_ITEM_BYTES);
    }

    private long sum(Counter... counters) {
        long sum = 0;
        for (Counter counter : counters) {
            sum += values.getOrDefault(counter, 0L);
            sum = sum < 0 ? Long.MAX_VALUE : sum;
        }
        return sum;
    }

    /** A number that makes no sense may be wrong, but must not turn negative. */
    private static long saturated(long count, long bytes) {
        return Math.multiplyHigh(count, bytes) == 0 && count * bytes >= 0 ? count * bytes : Long.MAX_VALUE;
    }
}
