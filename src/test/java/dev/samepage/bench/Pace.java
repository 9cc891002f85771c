package dev.samepage.bench;

import dev.samepage.kernel.Knob;
import java.util.Map;

/**
 * How hard a law lets ksmd work.
 *
 * @param pagesToScan what the law remembers while ksmd stands still
 */
record Pace(boolean running, long pagesToScan, long sleepMillis) {
    /** What Linux starts with. */
    static final Pace INITIAL = new Pace(false, 100, 20);

    /** What is written to the kernel: to stop ksmd, nothing but {@code run}. */
    Map<Knob, Long> knobs() {
        return running
                ? Map.of(Knob.RUN, 1L, Knob.PAGES_TO_SCAN, pagesToScan, Knob.SLEEP_MILLISECS, sleepMillis)
                : Map.of(Knob.RUN, 0L);
    }

    Pace stopped() {
        return new Pace(false, pagesToScan, sleepMillis);
    }
}
