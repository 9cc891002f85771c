/**
 * The benchmark: every known tuner of ksmd side by side, on the same guests, with the kernel's own ksmd. {@code ./mvnw -Pbench}, see
 * src/docs/benchmark.md.
 */
@NullMarked
package dev.samepage.bench;

import org.jspecify.annotations.NullMarked;
