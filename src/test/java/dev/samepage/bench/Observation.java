package dev.samepage.bench;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What was seen at one moment.
 *
 * @param at since the start
 * @param guests whose memory is filled
 * @param savedBytes by KSM's counters
 * @param trueSavedBytes by the guests' page tables; empty where nobody looked
 * @param ksmdCpuSeconds since the start
 * @param tunerCpuSeconds of the tuner itself, since the start
 * @param machineCpuSeconds of everything that ran on this machine, since the start
 * @param load average of the last minute
 */
record Observation(
        Duration at,
        int guests,
        long savedBytes,
        OptionalLong trueSavedBytes,
        double ksmdCpuSeconds,
        double tunerCpuSeconds,
        double machineCpuSeconds,
        double load) {
    double seconds() {
        return at.toNanos() / 1e9;
    }
}
