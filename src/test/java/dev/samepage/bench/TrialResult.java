package dev.samepage.bench;

import java.util.List;

/**
 * What came of one tuner on one scenario.
 *
 * @param run counted from 1
 * @param samples in the order of time, at least one
 * @param hashedAtStart by the oracle, before the tuner started
 * @param hashedAtEnd by the oracle, after it ended
 * @param loadBefore the load average of the minute before
 * @param trueSavingMillis CPU time of one look at the guests' page tables, on average
 */
record TrialResult(
        Scenario scenario,
        int run,
        String tuner,
        List<Sample> samples,
        Oracle.Finding hashedAtStart,
        Oracle.Finding hashedAtEnd,
        double loadBefore,
        double trueSavingMillis) {
    TrialResult {
        samples = List.copyOf(samples);
    }
}
