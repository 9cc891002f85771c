package dev.samepage.tuning;

import dev.samepage.kernel.Counters;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.ResidentGuest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Adaptive sees of a host at one moment.
 *
 * @param monotonicNanos of a clock that never goes back
 * @param knobs the knobs that this kernel has
 * @param ksmdCpuNanos CPU time of ksmd since boot; null where the host's processes cannot be seen
 * @param cowKsm merged pages that were written to since boot; null before Linux 5.19
 */
public record AdaptiveSample(
        long monotonicNanos,
        Map<Knob, Long> knobs,
        Counters counters,
        @Nullable Long ksmdCpuNanos,
        HostMemory memory,
        List<ResidentGuest> guests,
        @Nullable Long cowKsm,
        long pageSizeBytes) {
    public AdaptiveSample {
        knobs = Map.copyOf(knobs);
        guests = List.copyOf(guests);
    }

    /** Whether ksmd may scan; an order that has not reached the kernel is not seen here. */
    boolean isScanning() {
        return knobs.getOrDefault(Knob.RUN, 0L) == 1;
    }
}
