package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Counters;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;

/** A kernel that merges, with guests: the one of this machine or a simulated one, so that the same can be done with both. */
interface KernelAtHand extends AutoCloseable {
    void set(Knob knob, long value);

    /** Starts guests and waits until their memory is filled. */
    void start(int count, GuestMemory memory);

    void endOldestGuest();

    Counters counters();

    long ksmdCpuNanos();

    /** What is truly saved between the guests. */
    long savedBytes();

    /** Lets a moment pass, much shorter than a lap. */
    void pause();

    @Override
    void close();

    default long counter(Counter counter) {
        return counters().get(counter).orElseThrow();
    }

    /** Waits for the next boundary between two laps. */
    default void lap() {
        long last = counter(Counter.FULL_SCANS);
        while (counter(Counter.FULL_SCANS) == last) {
            pause();
        }
    }
}
