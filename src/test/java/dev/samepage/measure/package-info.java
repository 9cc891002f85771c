/**
 * The figures that the README states, each from a command: {@code ./mvnw -Pmeasure -Dmeasure=apply}, {@code footprint} or {@code classic}. A
 * command ends with 1 where a figure misses its bar.
 */
@NullMarked
package dev.samepage.measure;

import org.jspecify.annotations.NullMarked;
