package dev.samepage.tuning.sim;

import dev.samepage.kernel.Counter;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.guests.GuestMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is done with a kernel, lap by lap, and what comes of it. Stands still, with nothing merged, before the first step. */
final class Script {
    private static final long PAGES_TO_SCAN = 5_000;
    /** Long enough to look around after a lap before the next begins. */
    private static final long SLEEP_MILLIS = 60;

    private static final int LAPS_TO_MEASURE = 5;

    private final KernelAtHand kernel;
    private final long cpuBefore;
    private final List<Long> sharingByLap = new ArrayList<>();

    Script(KernelAtHand kernel) {
        this.kernel = kernel;
        cpuBefore = kernel.ksmdCpuNanos();
    }

    /**
     * @param sharingByLap {@code pages_sharing} at each boundary
     * @param savedBytes what is truly saved
     * @param cpuNanos that ksmd took
     */
    record Outcome(long pagesShared, List<Long> sharingByLap, long savedBytes, long cpuNanos) {}

    KernelAtHand kernel() {
        return kernel;
    }

    /** Begins, or goes on. */
    void scan() {
        kernel.set(Knob.PAGES_TO_SCAN, PAGES_TO_SCAN);
        kernel.set(Knob.SLEEP_MILLISECS, SLEEP_MILLIS);
        kernel.set(Knob.RUN, 1);
    }

    /** Scans until so many more boundaries are passed. */
    void laps(int count) {
        for (int lap = 0; lap < count; lap++) {
            kernel.lap();
            sharingByLap.add(kernel.counter(Counter.PAGES_SHARING));
        }
    }

    /** Scans so many more pages, which is meant to be less than a lap. */
    void scanAbout(long pages) {
        long last = kernel.counter(Counter.PAGES_SCANNED) + pages;
        while (kernel.counter(Counter.PAGES_SCANNED) < last) {
            kernel.pause();
        }
    }

    Outcome stop() {
        kernel.set(Knob.RUN, 0);
        return new Outcome(
                kernel.counter(Counter.PAGES_SHARED),
                List.copyOf(sharingByLap),
                kernel.savedBytes(),
                kernel.ksmdCpuNanos() - cpuBefore);
    }

    /** ksmd's CPU in nanoseconds for a lap over pages that nothing equals: the median of several. Leaves nothing merged. */
    static double nanosOfAnIdleLap(KernelAtHand kernel) {
        var script = new Script(kernel);
        kernel.start(1, GuestMemory.of(0, 96));
        kernel.set(Knob.SMART_SCAN, 0);
        script.scan();
        script.laps(1);
        double[] nanos = new double[LAPS_TO_MEASURE];
        for (int lap = 0; lap < nanos.length; lap++) {
            long before = kernel.ksmdCpuNanos();
            script.laps(1);
            nanos[lap] = kernel.ksmdCpuNanos() - before;
        }
        script.stop();
        kernel.set(Knob.RUN, 2);
        kernel.set(Knob.RUN, 0);
        kernel.set(Knob.SMART_SCAN, 1);
        Arrays.sort(nanos);
        return nanos[LAPS_TO_MEASURE / 2];
    }
}
