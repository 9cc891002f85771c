/** What holds for the project as a whole. */
@NullMarked
package dev.samepage;

import org.jspecify.annotations.NullMarked;
