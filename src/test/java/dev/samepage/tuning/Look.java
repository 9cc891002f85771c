package dev.samepage.tuning;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.ResidentGuest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One look at a host with pages of 4 KiB: everything is 0, ksmd stands still and half of the memory is available, unless it is said. */
final class Look {
    private final long nanos;
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private final List<ResidentGuest> guests = new ArrayList<>();
    private long run;
    private long availablePercent = 50;
    private @Nullable Long cpuNanos = 0L;
    private @Nullable Long cowKsm;

    private Look(long nanos) {
        this.nanos = nanos;
        counters.put(Counter.PAGES_SCANNED, 0L);
    }

    static Look atMillis(long millis) {
        return new Look(millis * 1_000_000);
    }

    static Look at(long second) {
        return atMillis(1000 * second);
    }

    Look with(Counter counter, long value) {
        counters.put(counter, value);
        return this;
    }

    Look laps(long laps) {
        return with(Counter.FULL_SCANS, laps);
    }

    Look scanned(long pages) {
        return with(Counter.PAGES_SCANNED, pages);
    }

    Look sharing(long pages) {
        return with(Counter.PAGES_SHARING, pages);
    }

    /** As on a kernel that does not count the pages it scans. */
    Look uncounted() {
        counters.remove(Counter.PAGES_SCANNED);
        return this;
    }

    Look cpuMillis(long millis) {
        cpuNanos = millis * 1_000_000;
        return this;
    }

    /** As where ksmd cannot be seen. */
    Look cpuHidden() {
        cpuNanos = null;
        return this;
    }

    Look cow(long pages) {
        cowKsm = pages;
        return this;
    }

    Look running() {
        run = 1;
        return this;
    }

    Look available(long percent) {
        availablePercent = percent;
        return this;
    }

    /** Of which ksmd keeps no record. */
    Look guest(int pid, long mebibytes) {
        return guest(Given.guest(pid, mebibytes));
    }

    Look guest(ResidentGuest guest) {
        guests.add(guest);
        return this;
    }

    AdaptiveSample sample() {
        return new AdaptiveSample(
                nanos,
                Map.of(Knob.RUN, run),
                new Counters(counters),
                cpuNanos,
                new HostMemory(100, availablePercent),
                guests,
                cowKsm,
                4096);
    }

    Reading reading() {
        return Reading.of(sample());
    }
}
