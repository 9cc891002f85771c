package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel thread: it walks over the guests' pages, a batch at a time, and sleeps in between. A batch ends early where a lap does. What
 * happens to a block happens when ksmd arrives there; its cost is spread over the block's pages.
 */
final class Ksmd {
    private enum Doing {
        /** There is nothing to do. */
        WAITING,
        SLEEPING,
        SCANNING
    }

    /** A timer tick: CONFIG_HZ=250, as most distributions have it. */
    private static final long TICK_NANOS = 4_000_000;

    private static final long TICK_MILLIS = 4;

    /** The cursor between two laps. */
    private static final int BOUNDARY = -1;

    private final KernelState state;
    private final Advisor advisor;
    private final List<SimulatedGuest> order = new ArrayList<>();

    private Doing doing = Doing.WAITING;
    /** When it does the next thing: wakes up, or goes on to the next page. */
    private long atNanos;

    private long busyUntilNanos;
    private long cpuNanos;
    private long laps;
    private int cursor = BOUNDARY;
    private int nextBlock;
    private long batchLeft;
    private long batchNanos;
    private long longestBatchNanos;

    private @Nullable Visit visit;
    private long visitPagesLeft;

    Ksmd(KernelState state) {
        this.state = state;
        this.advisor = new Advisor(state.knobs());
    }

    long cpuNanos() {
        return cpuNanos;
    }

    long laps() {
        return laps;
    }

    long longestBatchNanos() {
        return longestBatchNanos;
    }

    Advisor advisor() {
        return advisor;
    }

    /** A guest marks memory for the first time: it is queued behind the cursor. */
    void enter(SimulatedGuest guest, long nowNanos) {
        if (cursor == BOUNDARY) {
            order.add(guest);
        } else {
            order.add(cursor++, guest);
        }
        wake(nowNanos);
    }

    /** A guest has ended: it is the next that ksmd comes to, and the last to be forgotten if ksmd stands at it. */
    void exit(SimulatedGuest guest) {
        int place = order.indexOf(guest);
        if (place < 0 || place == cursor) {
            return;
        }
        order.remove(place);
        if (place < cursor) {
            cursor--;
        }
        if (guest.hasItems()) {
            order.add(cursor + 1, guest);
        }
    }

    /** {@code run} was written, or there is a guest. */
    void wake(long nowNanos) {
        if (doing == Doing.WAITING && shouldRun()) {
            atNanos = nowNanos;
            beginBatch();
        }
    }

    /** {@code sleep_millisecs} was changed. */
    void cutSleepShort(long nowNanos) {
        if (doing == Doing.SLEEPING) {
            atNanos = Math.min(atNanos, nowNanos);
        }
    }

    void runUntil(long nanos) {
        while (isDueBy(nanos)) {
            step(nanos);
        }
    }

    private boolean isDueBy(long nanos) {
        return switch (doing) {
            case WAITING -> false;
            case SLEEPING -> atNanos <= nanos;
            case SCANNING -> atNanos < nanos;
        };
    }

    /** Goes on to the end of the batch, if there is one, and returns when that is. */
    long finishBatch() {
        while (doing == Doing.SCANNING) {
            step(Long.MAX_VALUE);
        }
        return busyUntilNanos;
    }

    /** Forgets every page, and begins to count anew. Returns how many pages were merged. */
    long unmerge() {
        long merged = 0;
        for (SimulatedGuest guest : order) {
            merged += guest.blocks().stream().mapToLong(Block::unmerge).sum();
        }
        order.removeIf(SimulatedGuest::hasEnded);
        cursor = BOUNDARY;
        visit = null;
        laps = 0;
        return merged;
    }

    private boolean shouldRun() {
        return state.knobs().on(Knob.RUN) && !order.isEmpty();
    }

    private void step(long untilNanos) {
        if (doing == Doing.SLEEPING) {
            beginBatch();
        } else if (batchLeft == 0) {
            sleep();
        } else if (visit != null) {
            scan(visit, untilNanos);
        } else if (cursor == BOUNDARY) {
            state.ledger().unstableNodes = 0;
            advisor.lapBegins(atNanos);
            moveTo(0);
        } else {
            goOn(order.get(cursor));
        }
    }

    private void beginBatch() {
        if (!shouldRun()) {
            doing = Doing.WAITING;
            return;
        }
        doing = Doing.SCANNING;
        batchLeft = state.knobs().get(Knob.PAGES_TO_SCAN);
        if (batchLeft == 0 && state.knobs().get(Knob.SLEEP_MILLISECS) == 0) {
            throw new IllegalStateException("pages_to_scan=0 with sleep_millisecs=0 is a busy loop of the kernel");
        }
        batchNanos = 0;
        spend(state.costs().batch());
    }

    private void sleep() {
        long millis = state.knobs().get(Knob.SLEEP_MILLISECS);
        if (!shouldRun()) {
            doing = Doing.WAITING;
        } else {
            doing = Doing.SLEEPING;
            if (millis > 0) {
                long ticks = (millis + TICK_MILLIS - 1) / TICK_MILLIS;
                atNanos = (atNanos / TICK_NANOS + ticks + 1) * TICK_NANOS;
            }
        }
    }

    private void scan(Visit current, long untilNanos) {
        long perPage = current.nanos() / current.scannedPages();
        long affordable = perPage == 0 ? batchLeft : Math.max(1, (untilNanos - atNanos) / perPage);
        long pages = Math.min(affordable, Math.min(batchLeft, visitPagesLeft));
        state.ledger().scanned += pages;
        batchLeft -= pages;
        visitPagesLeft -= pages;
        spend(pages * perPage);
        if (visitPagesLeft == 0) {
            visit = null;
        }
    }

    private void goOn(SimulatedGuest guest) {
        if (guest.hasEnded()) {
            long pages = guest.blocks().stream()
                    .filter(Block::hasItems)
                    .mapToLong(Block::pages)
                    .sum();
            guest.blocks().forEach(Block::forget);
            spend(pages * state.costs().freed());
            order.remove(cursor);
            moveTo(cursor);
        } else if (nextBlock == guest.blocks().size()) {
            moveTo(cursor + 1);
        } else {
            Block block = guest.blocks().get(nextBlock++);
            Visit next = block.visit(atNanos, laps, guest.rewrites(atNanos));
            if (next.scannedPages() == 0) {
                spend(next.nanos());
            } else {
                visit = next;
                visitPagesLeft = next.scannedPages();
            }
        }
    }

    private void moveTo(int place) {
        nextBlock = 0;
        cursor = place;
        if (place == order.size()) {
            cursor = BOUNDARY;
            laps++;
            advisor.lapEnds(atNanos, cpuNanos);
            sleep();
        }
    }

    private void spend(long nanos) {
        cpuNanos += nanos;
        atNanos += nanos;
        busyUntilNanos = atNanos;
        batchNanos += nanos;
        longestBatchNanos = Math.max(longestBatchNanos, batchNanos);
    }
}
