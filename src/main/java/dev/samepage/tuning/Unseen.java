package dev.samepage.tuning;

import dev.samepage.kernel.Guest;
import dev.samepage.kernel.ResidentGuest;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The memory that no lap has seen: how much the guests' resident memory has grown since the last boost's laps began. Not "a process
 * appeared", because a guest marks its memory later than it starts, and fills it for a minute.
 *
 * @param guests by guest, what it has and what of it was there when a lap began
 * @param bytes unseen in all
 * @param sinceNanos when it became worth mentioning; meaningless while it is not
 * @param grewAtNanos when it last grew
 * @param goneBytes of guests that have ended since ksmd last passed them, as far as it has looked at it: their pages are still counted
 * @param goneAtNanos when the first of them was found to have ended; meaningless while there is none
 */
record Unseen(
        Map<Guest, Memory> guests, long bytes, long sinceNanos, long grewAtNanos, long goneBytes, long goneAtNanos) {
    private static final long WORTH_MENTIONING_BYTES = 1 << 20;

    /** A guest that fills its memory is waited for, but not for long. */
    private static final long SETTLED_NANOS = 1_000_000_000L;

    private static final long SETTLING_AT_MOST_NANOS = 5 * SETTLED_NANOS;

    /** A guest that was there before this program is known to ksmd if ksmd has looked at this much of it. */
    private static final double KNOWN = 0.5;

    /** Growth by less than this share of what is unseen anyway does not count as growing. */
    private static final double STILL_GROWING = 0.02;

    /**
     * Of one guest.
     *
     * @param seenBytes of which the laps of a boost have seen, or are seeing
     * @param lapBytes that it had when the lap under way began
     * @param lapBeforeBytes that it had when the one before began
     */
    record Memory(long residentBytes, long seenBytes, long lapBytes, long lapBeforeBytes) {
        static Memory of(long residentBytes, long seenBytes) {
            return new Memory(residentBytes, seenBytes, 0, 0);
        }

        /** Memory that was given back and taken again is new. */
        Memory now(long bytes) {
            return new Memory(
                    bytes, Math.min(seenBytes, bytes), Math.min(lapBytes, bytes), Math.min(lapBeforeBytes, bytes));
        }

        Memory lapBegins() {
            return new Memory(residentBytes, seenBytes, residentBytes, lapBytes);
        }

        long unseenBytes() {
            return residentBytes - seenBytes;
        }

        long metBytes() {
            return Math.max(0, lapBytes - seenBytes);
        }
    }

    Unseen {
        guests = Map.copyOf(guests);
    }

    /** What is unseen by the first sample. What ksmd has looked at before is not, so that a restart does not begin everything anew. */
    static Unseen of(AdaptiveSample sample) {
        Map<Guest, Memory> guests = new HashMap<>();
        for (ResidentGuest guest : sample.guests()) {
            guests.put(guest.guest(), Memory.of(guest.residentBytes(), known(guest, sample.pageSizeBytes())));
        }
        return new Unseen(guests, sum(guests), sample.monotonicNanos(), sample.monotonicNanos(), 0, 0);
    }

    private static long known(ResidentGuest guest, long pageSizeBytes) {
        long pages = Math.min(guest.scannedPages(), 1L << 40);
        long bytes = Math.min(guest.residentBytes(), Math.multiplyExact(pages, pageSizeBytes));
        // The rest of its memory may be such that is never merged, like the program itself.
        return bytes >= KNOWN * guest.residentBytes() ? guest.residentBytes() : bytes;
    }

    Unseen next(AdaptiveSample sample) {
        Map<Guest, Memory> next = new HashMap<>();
        for (ResidentGuest guest : sample.guests()) {
            Memory before = guests.getOrDefault(guest.guest(), Memory.of(0, 0));
            next.put(guest.guest(), before.now(guest.residentBytes()));
        }
        long now = sample.monotonicNanos();
        long left = guests.entrySet().stream()
                .filter(guest -> !next.containsKey(guest.getKey()))
                .mapToLong(guest -> guest.getValue().seenBytes())
                .sum();
        long sum = sum(next);
        boolean small = sum < WORTH_MENTIONING_BYTES;
        boolean grew = sum - bytes > Math.max(WORTH_MENTIONING_BYTES, STILL_GROWING * sum);
        boolean began = bytes < WORTH_MENTIONING_BYTES && !small;
        return new Unseen(
                next,
                sum,
                began ? now : sinceNanos,
                grew || began ? now : grewAtNanos,
                goneBytes + left,
                goneBytes == 0 ? now : goneAtNanos);
    }

    /** All that is there now is seen by the laps of the boost whose first one begins. */
    Unseen seen() {
        return with(memory ->
                Memory.of(memory.residentBytes(), memory.residentBytes()).lapBegins());
    }

    /** Another lap begins. */
    Unseen lapBegins() {
        return with(Memory::lapBegins);
    }

    /** Of what is unseen, what was there already when the lap that is over now began: it has been visited once. */
    long metBytes() {
        return guests.values().stream().mapToLong(Memory::metBytes).sum();
    }

    /** A lap after those of the boost is over: what was there when the one before it began has been visited twice. */
    Unseen visitedTwice() {
        return with(memory -> new Memory(
                memory.residentBytes(),
                Math.max(memory.seenBytes(), memory.lapBeforeBytes()),
                memory.lapBytes(),
                memory.lapBeforeBytes()));
    }

    private Unseen with(UnaryOperator<Memory> change) {
        Map<Guest, Memory> next = new HashMap<>();
        guests.forEach((guest, memory) -> next.put(guest, change.apply(memory)));
        return new Unseen(next, sum(next), sinceNanos, grewAtNanos, goneBytes, goneAtNanos);
    }

    /** Nothing that is there was seen: everything was un-merged. */
    Unseen afresh(long now) {
        Unseen none = with(memory -> Memory.of(memory.residentBytes(), 0));
        return new Unseen(none.guests, none.bytes, now, now, 0, 0);
    }

    /** Those that ended were passed by ksmd. */
    Unseen tidied() {
        return new Unseen(guests, bytes, sinceNanos, grewAtNanos, 0, 0);
    }

    /** ksmd did not get to those that ended. */
    Unseen stillGone(long now) {
        return new Unseen(guests, bytes, sinceNanos, grewAtNanos, goneBytes, now);
    }

    /** Whether growth has come to a pause, or has been waited for long enough. */
    boolean isSettled(long now) {
        return now - grewAtNanos >= SETTLED_NANOS || now - sinceNanos >= SETTLING_AT_MOST_NANOS;
    }

    /** For how long there has been unseen memory worth mentioning. */
    long waitedNanos(long now) {
        return worthMentioning() ? now - sinceNanos : 0;
    }

    /** For how long guests that ended have waited to be passed. */
    long goneNanos(long now) {
        return goneBytes == 0 ? 0 : now - goneAtNanos;
    }

    boolean worthMentioning() {
        return bytes >= WORTH_MENTIONING_BYTES;
    }

    /** How much of this kind of memory there is in all. */
    long residentBytes() {
        return guests.values().stream().mapToLong(Memory::residentBytes).sum();
    }

    /** How much the largest guest has. */
    long largestBytes() {
        return guests.values().stream().mapToLong(Memory::residentBytes).max().orElse(0);
    }

    private static long sum(Map<Guest, Memory> guests) {
        return guests.values().stream().mapToLong(Memory::unseenBytes).sum();
    }
}
