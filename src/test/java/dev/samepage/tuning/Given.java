package dev.samepage.tuning;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Guest;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.ResidentGuest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Samples and readings to decide about. */
final class Given {
    static final long MEBIBYTE = 1 << 20;
    static final long SECOND = 1_000_000_000L;

    private Given() {}

    /** A guest of which ksmd has seen nothing. */
    static ResidentGuest guest(int pid, long mebibytes) {
        return new ResidentGuest(new Guest(pid, "vm-" + pid, 1), mebibytes * MEBIBYTE, 0);
    }

    /** A host with pages of 4 KiB, half of whose memory is available, and without {@code cow_ksm}. */
    static AdaptiveSample sample(
            long nanos, @Nullable Long ksmdCpuNanos, Map<Counter, Long> counters, ResidentGuest... guests) {
        return new AdaptiveSample(
                nanos,
                Map.of(),
                new Counters(counters),
                ksmdCpuNanos,
                new HostMemory(1000, 500),
                List.of(guests),
                null,
                4096);
    }

    static Reading reading(long nanos, long ksmdCpuNanos, Map<Counter, Long> counters) {
        return Reading.of(sample(nanos, ksmdCpuNanos, counters));
    }

    /** Of a kernel whose ksmd cannot be seen. */
    static Reading reading(long nanos, Map<Counter, Long> counters) {
        return Reading.of(sample(nanos, null, counters));
    }

    /** Of a kernel that counts only the pages it scans. */
    static Reading scanned(long nanos, long ksmdCpuNanos, long pages) {
        return reading(nanos, ksmdCpuNanos, Map.of(Counter.PAGES_SCANNED, pages));
    }
}
