/** Adaptive at work on simulated hosts of many kinds. The figures are those of the simulated kernel. */
@NullMarked
package dev.samepage.tuning.scenario;

import org.jspecify.annotations.NullMarked;
