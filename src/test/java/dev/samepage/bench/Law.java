package dev.samepage.bench;

import java.time.Duration;

/** How somebody else's tuner decides, re-stated from its public behaviour: a pure function that is asked at an interval. */
sealed interface Law permits KsmtunedLaw, KubeVirtLaw {
    /** Where it begins. */
    Pace initial();

    /** From its start until it looks for the first time. */
    Duration firstAfter();

    /** From one look to the next. */
    Duration every();

    /** What it does on this host after what it did last. */
    Pace next(Pace last, HostReading host);
}
