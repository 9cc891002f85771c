package dev.samepage.tuning;

import dev.samepage.kernel.Guest;
import dev.samepage.kernel.ResidentGuest;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The memory that no lap has seen: how much the guests' resident memory has grown since the last boost's laps began. Not "a process
 * appeared", because a guest marks its memory later than it starts, and fills it for a minute.
 *
 * @param guests by guest, what it has and what of it was there when a lap began
 * @param bytes unseen in all
 * @param sinceNanos when it became worth mentioning; meaningless while it is not
 * @param grewAtNanos when it last grew
 * @param gone guests that ended since ksmd last ran: their pages are still counted
 */
record Unseen(Map<Guest, Memory> guests, long bytes, long sinceNanos, long grewAtNanos, int gone, long goneAtNanos) {
    private static final long WORTH_MENTIONING_BYTES = 1 << 20;

    /** A guest that fills its memory is waited for, but not for long. */
    private static final long SETTLED_NANOS = 1_000_000_000L;

    private static final long SETTLING_AT_MOST_NANOS = 5 * SETTLED_NANOS;

    /** A guest that was there before this program is known to ksmd if ksmd has looked at this much of it. */
    private static final double KNOWN = 0.5;

    /** Growth by less than this share of what is unseen anyway does not count as growing. */
    private static final double STILL_GROWING = 0.02;

    record Memory(long residentBytes, long seenBytes) {
        long unseenBytes() {
            return residentBytes - seenBytes;
        }
    }

    Unseen {
        guests = Map.copyOf(guests);
    }

    /** What is unseen by the first sample. What ksmd has looked at before is not, so that a restart does not begin everything anew. */
    static Unseen of(AdaptiveSample sample) {
        Map<Guest, Memory> guests = new HashMap<>();
        for (ResidentGuest guest : sample.guests()) {
            guests.put(guest.guest(), new Memory(guest.residentBytes(), known(guest, sample.pageSizeBytes())));
        }
        return new Unseen(guests, sum(guests), sample.monotonicNanos(), sample.monotonicNanos(), 0, 0);
    }

    private static long known(ResidentGuest guest, long pageSizeBytes) {
        OptionalLong pages = guest.scannedPages();
        if (pages.isEmpty() || pages.getAsLong() == 0) {
            return 0;
        }
        // The rest of its memory may be such that is never merged, like the program itself.
        long bytes = Math.min(
                guest.residentBytes(), Math.multiplyExact(Math.min(pages.getAsLong(), 1L << 40), pageSizeBytes));
        return bytes >= KNOWN * guest.residentBytes() ? guest.residentBytes() : bytes;
    }

    Unseen next(AdaptiveSample sample) {
        Map<Guest, Memory> next = new HashMap<>();
        for (ResidentGuest guest : sample.guests()) {
            Memory before = guests.get(guest.guest());
            // Memory that was given back and taken again is new.
            long seen = before == null ? 0 : Math.min(before.seenBytes(), guest.residentBytes());
            next.put(guest.guest(), new Memory(guest.residentBytes(), seen));
        }
        long now = sample.monotonicNanos();
        long left = guests.keySet().stream()
                .filter(guest -> !next.containsKey(guest))
                .count();
        long sum = sum(next);
        boolean small = sum < WORTH_MENTIONING_BYTES;
        boolean grew = sum - bytes > Math.max(WORTH_MENTIONING_BYTES, STILL_GROWING * sum);
        boolean began = bytes < WORTH_MENTIONING_BYTES && !small;
        return new Unseen(
                next,
                sum,
                began ? now : sinceNanos,
                grew || began ? now : grewAtNanos,
                gone + (int) left,
                left > 0 ? now : goneAtNanos);
    }

    /** All that is there now is seen by the lap that begins. */
    Unseen seen() {
        Map<Guest, Memory> next = new HashMap<>();
        guests.forEach((guest, memory) -> next.put(guest, new Memory(memory.residentBytes(), memory.residentBytes())));
        return new Unseen(next, 0, sinceNanos, grewAtNanos, gone, goneAtNanos);
    }

    /** Nothing that is there was seen: everything was un-merged. */
    Unseen afresh(long now) {
        Map<Guest, Memory> next = new HashMap<>();
        guests.forEach((guest, memory) -> next.put(guest, new Memory(memory.residentBytes(), 0)));
        return new Unseen(next, sum(next), now, now, 0, 0);
    }

    /** Those that ended were passed by ksmd. */
    Unseen tidied() {
        return new Unseen(guests, bytes, sinceNanos, grewAtNanos, 0, 0);
    }

    /** Whether growth has come to a pause, or has been waited for long enough. */
    boolean isSettled(long now) {
        return now - grewAtNanos >= SETTLED_NANOS || now - sinceNanos >= SETTLING_AT_MOST_NANOS;
    }

    /** For how long there has been unseen memory worth mentioning. */
    long waitedNanos(long now) {
        return worthMentioning() ? now - sinceNanos : 0;
    }

    boolean worthMentioning() {
        return bytes >= WORTH_MENTIONING_BYTES;
    }

    /** How much of this kind of memory there is in all. */
    long residentBytes() {
        return guests.values().stream().mapToLong(Memory::residentBytes).sum();
    }

    private static long sum(Map<Guest, Memory> guests) {
        return guests.values().stream().mapToLong(Memory::unseenBytes).sum();
    }
}
