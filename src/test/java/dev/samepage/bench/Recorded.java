package dev.samepage.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Samples and results as a test wants them. */
final class Recorded {
    static final long MEBIBYTE = 1 << 20;

    private static final Oracle.Finding NOTHING = new Oracle.Finding(0, 0);

    private Recorded() {}

    /** A sample of ten guests, at which nobody looked at the page tables. */
    static Sample sample(double seconds, long idealMebibytes, long savedMebibytes, double ksmdCpuSeconds) {
        return sample(seconds, 10, idealMebibytes, savedMebibytes, OptionalLong.empty(), ksmdCpuSeconds);
    }

    /** A sample of ten guests. */
    static Sample lookedAt(double seconds, long idealMebibytes, long savedMebibytes, long trueSavedMebibytes) {
        return sample(seconds, 10, idealMebibytes, savedMebibytes, OptionalLong.of(trueSavedMebibytes * MEBIBYTE), 0);
    }

    static Sample sample(
            double seconds,
            int guests,
            long idealMebibytes,
            long savedMebibytes,
            OptionalLong trueSavedBytes,
            double ksmdCpuSeconds) {
        var seen = new Observation(
                Duration.ofMillis(Math.round(seconds * 1000)),
                guests,
                savedMebibytes * MEBIBYTE,
                trueSavedBytes,
                ksmdCpuSeconds,
                0.25,
                12.5,
                1.5);
        return new Sample(seen, idealMebibytes * MEBIBYTE);
    }

    static TrialResult result(String tuner, int run, Sample... samples) {
        return new TrialResult(Scenario.ARRIVALS, run, tuner, List.of(samples), NOTHING, NOTHING, 0.5, 20);
    }
}
