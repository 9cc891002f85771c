package dev.samepage.bench;

import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;

/** The most that merging could save, as a function of time: every page but one of those with the same content. */
sealed interface Ideal {
    /**
     * Bytes at one moment.
     *
     * @param at since the start
     * @param guests whose memory is filled
     */
    long bytesAt(Duration at, long guests);

    /** Of guests whose memory is filled with known content. What they rewrite differs from everything else at any moment. */
    record OfKnownContent(GuestMemory memory, long pageBytes) implements Ideal {
        private static final long MEBIBYTE = 1 << 20;

        @Override
        public long bytesAt(Duration at, long guests) {
            if (guests == 0) {
                return 0;
            }
            long common = (guests - 1) * memory.commonMebibytes() * MEBIBYTE;
            long zero = guests * memory.zeroMebibytes() * MEBIBYTE;
            return common + Math.max(0, zero - pageBytes);
        }
    }

    /** Of guests whose memory was hashed at the start and at the end: between the two, as if it had changed evenly. */
    record OfHashes(long atStartBytes, long atEndBytes, Duration length) implements Ideal {
        @Override
        public long bytesAt(Duration at, long guests) {
            double passed = Math.clamp((double) at.toNanos() / length.toNanos(), 0, 1);
            return Math.round(atStartBytes + (atEndBytes - atStartBytes) * passed);
        }
    }
}
