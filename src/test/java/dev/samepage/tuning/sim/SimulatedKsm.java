package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Errno;
import dev.samepage.kernel.HostMemory;
import dev.samepage.kernel.Knob;
import dev.samepage.kernel.WriteResult;
import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A host with guests and a kernel that merges their pages as Linux does. Nothing happens but in {@link #advance}, and the same calls always
 * have the same outcome. Not for use by several threads.
 *
 * <p>It knows what decides how much is saved, when, and for how much CPU: two visits of a page, one after the other, before it merges;
 * new memory queued behind the cursor; smart_scan's pauses; batches and sleeps; the advisor; guests that end while ksmd rests. It does not
 * know huge pages, NUMA, swapping, nor that ksmd may have to wait for a CPU.
 */
public final class SimulatedKsm {
    static final long PAGE_BYTES = 4096;

    /** {@code sizeof(struct ksm_rmap_item)}. */
    private static final long ITEM_BYTES = 64;

    private static final long CPU_TICK_NANOS = 10_000_000;
    private static final int FIRST_PID = 1001;

    private final KernelState state;
    private final Contents contents;
    private final Ksmd ksmd;
    private final List<SimulatedGuest> guests = new ArrayList<>();
    private int started;
    private long nowNanos;
    private long othersBytes;

    public SimulatedKsm(SimulatedKernel kernel) {
        state = new KernelState(kernel);
        contents = new Contents(state);
        ksmd = new Ksmd(state);
    }

    /** The time on the host, in nanoseconds since it began. */
    public long nanoTime() {
        return nowNanos;
    }

    /** Lets time pass. */
    public void advance(Duration time) {
        advanceTo(nowNanos + time.toNanos());
    }

    private void advanceTo(long targetNanos) {
        while (true) {
            long next = targetNanos;
            for (SimulatedGuest guest : guests) {
                next = Math.min(next, guest.nextEventNanos());
            }
            ksmd.runUntil(next);
            nowNanos = Math.max(nowNanos, next);
            boolean quiet = true;
            for (SimulatedGuest guest : guests) {
                if (guest.nextEventNanos() <= nowNanos) {
                    act(guest);
                    quiet = false;
                }
            }
            if (quiet && nowNanos >= targetNanos) {
                return;
            }
        }
    }

    private void act(SimulatedGuest guest) {
        if (guest.isMergeable()) {
            guest.writeSteadily();
        } else {
            guest.mark();
            ksmd.enter(guest, nowNanos);
        }
    }

    /** A guest starts now. Its memory must come in whole blocks. */
    public SimulatedGuest start(GuestMemory memory) {
        var guest = new SimulatedGuest(FIRST_PID + started++, memory, this::nanoTime, contents, state);
        guests.add(guest);
        advanceTo(nowNanos);
        return guest;
    }

    /** Guests of one kind start now. */
    public List<SimulatedGuest> start(int count, GuestMemory memory) {
        List<SimulatedGuest> more = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            more.add(start(memory));
        }
        return more;
    }

    /** The guest ends now. Its memory is free at once; in the counters it stays until ksmd comes by. */
    public void end(SimulatedGuest guest) {
        if (!guests.remove(guest)) {
            throw new IllegalArgumentException(guest.pid() + " is not a guest of this host");
        }
        guest.end();
        ksmd.exit(guest);
    }

    /** The guests that run, oldest first. */
    public List<SimulatedGuest> guests() {
        return List.copyOf(guests);
    }

    /**
     * Writes a knob, as to the kernel's file. A write to {@code run} waits for ksmd's batch, and {@code run=2} until everything is
     * un-merged: time passes.
     */
    public WriteResult set(Knob knob, long value) {
        Knobs knobs = state.knobs();
        if (!knobs.has(knob)) {
            return new WriteResult.Missing(knob, value);
        }
        if (value < knob.min() || value > knob.max()) {
            return new WriteResult.OutOfRange(knob, value);
        }
        long before = knobs.get(knob);
        switch (knob) {
            case RUN -> run(before, value);
            case PAGES_TO_SCAN -> {
                if (knobs.on(Knob.ADVISOR_MODE)) {
                    return new WriteResult.Refused(
                            knob, value, Errno.EINVAL, "the kernel's advisor is on (advisor_mode=scan-time)");
                }
                knobs.put(knob, value);
            }
            case MERGE_ACROSS_NODES, MAX_PAGE_SHARING -> {
                if (value != before && contents.sum(Content::sharedPages) > 0) {
                    return new WriteResult.Refused(knob, value, Errno.EBUSY, "pages are merged");
                }
                knobs.put(knob, value);
            }
            case SLEEP_MILLISECS -> {
                knobs.put(knob, value);
                if (value != before) {
                    ksmd.cutSleepShort(nowNanos);
                }
            }
            case ADVISOR_MODE -> {
                knobs.put(knob, value);
                if (value != before) {
                    knobs.put(Knob.PAGES_TO_SCAN, value == 1 ? knobs.get(Knob.ADVISOR_MIN_PAGES_TO_SCAN) : 100);
                    ksmd.advisor().reset();
                }
            }
            default -> knobs.put(knob, value);
        }
        return new WriteResult.Written(knob, value);
    }

    private void run(long before, long value) {
        advanceTo(Math.max(nowNanos, ksmd.finishBatch()));
        state.knobs().put(Knob.RUN, value);
        if (value == 2 && before != 2) {
            long merged = ksmd.unmerge();
            advanceTo(nowNanos + merged * state.costs().unmerged());
        }
        ksmd.wake(nowNanos);
    }

    /** The knobs that this kernel has. */
    public Map<Knob, Long> knobs() {
        return state.knobs().all();
    }

    /** The counters that this kernel has. */
    public Counters counters() {
        Ledger ledger = state.ledger();
        long shared = contents.sum(Content::sharedPages);
        long sharing = contents.sum(Content::sharingPages);
        Map<Counter, Long> values = new EnumMap<>(Counter.class);
        for (Counter counter : state.kernel().counters()) {
            values.put(
                    counter,
                    switch (counter) {
                        case PAGES_SHARED -> shared;
                        case PAGES_SHARING -> sharing;
                        case PAGES_UNSHARED -> ledger.unshared;
                        case PAGES_VOLATILE -> Math.max(0, ledger.items - shared - sharing - ledger.unshared);
                        case KSM_ZERO_PAGES -> ledger.zeroPages;
                        case FULL_SCANS -> ksmd.laps();
                        case PAGES_SCANNED -> ledger.scanned;
                        case PAGES_SKIPPED -> ledger.skipped;
                        case STABLE_NODE_CHAINS -> contents.sum(Content::chains);
                        case STABLE_NODE_DUPS -> contents.sum(Content::dups);
                        case GENERAL_PROFIT -> (sharing + ledger.zeroPages) * PAGE_BYTES - ledger.items * ITEM_BYTES;
                    });
        }
        return new Counters(values);
    }

    /** ksmd's CPU time; in whole ticks of 10 ms where the kernel has no schedstat. */
    public long ksmdCpuNanos() {
        long nanos = ksmd.cpuNanos();
        return state.kernel().schedstat() ? nanos : nanos / CPU_TICK_NANOS * CPU_TICK_NANOS;
    }

    /** What the longest batch so far has taken. */
    public long longestBatchNanos() {
        return ksmd.longestBatchNanos();
    }

    /** {@code cow_ksm} of /proc/vmstat: pages copied because somebody wrote to a merged one. Empty where the kernel does not count them. */
    public OptionalLong cowKsm() {
        return state.kernel().cowKsm() ? OptionalLong.of(state.ledger().cowKsm) : OptionalLong.empty();
    }

    /** Memory that something else than the guests uses. */
    public void occupy(long bytes) {
        othersBytes = bytes;
    }

    /** The host's memory. What guests have, less what is saved, with the kernel's bookkeeping and what others use, is not available. */
    public HostMemory memory() {
        long total = state.kernel().memoryBytes();
        long resident = guests.stream().mapToLong(SimulatedGuest::residentBytes).sum();
        long sharedAway = contents.sum(Content::savedPages) * PAGE_BYTES;
        long used = resident - sharedAway + state.ledger().items * ITEM_BYTES + othersBytes;
        return new HostMemory(total, Math.max(0, total - used));
    }

    /** What is truly saved, whatever the counters say, before the cost of bookkeeping. */
    public long savedBytes() {
        return (contents.sum(Content::savedPages) + state.ledger().zeroPages) * PAGE_BYTES;
    }

    /** What would be saved if all pages that are equal now were merged: what scanning without end comes to. */
    public long idealSavedBytes() {
        return contents.idealSavedPages(guests, nowNanos) * PAGE_BYTES;
    }
}
