/** The {@code samepage} command: what a person types, and what a pod starts. */
@NullMarked
package dev.samepage.cli;

import org.jspecify.annotations.NullMarked;
