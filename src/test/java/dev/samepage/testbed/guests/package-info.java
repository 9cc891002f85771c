/** Guests for ksmd: small processes with memory of a known make, and virtual machines. */
@NullMarked
package dev.samepage.testbed.guests;

import org.jspecify.annotations.NullMarked;
