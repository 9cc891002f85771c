/** A machine within the machine: a virtual one with a kernel of its own, in which Java runs. */
@NullMarked
package dev.samepage.testbed.vm;

import org.jspecify.annotations.NullMarked;
