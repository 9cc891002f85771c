package dev.samepage.bench;

import java.util.OptionalDouble;

/** What was seen at one moment, beside what could have been saved then. */
record Sample(Observation seen, long idealBytes) {
    double seconds() {
        return seen.seconds();
    }

    /** Of the ideal saving, by KSM's counters; more than 1 where they overstate. Empty where nothing can be saved. */
    OptionalDouble share() {
        return idealBytes == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) seen.savedBytes() / idealBytes);
    }
}
