/**
 * What a mode means for a kernel: the knobs to turn, and the order in which it is safe to turn them. Nothing here reads or writes
 * a file.
 */
@NullMarked
package dev.samepage.tuning;

import org.jspecify.annotations.NullMarked;
