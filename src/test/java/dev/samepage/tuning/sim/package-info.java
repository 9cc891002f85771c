/** A simulated ksmd, for tests of what drives it and for a demo where there is no KSM. Time passes only when it is told to. */
@NullMarked
package dev.samepage.tuning.sim;

import org.jspecify.annotations.NullMarked;
