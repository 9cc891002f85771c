/** What the build runs to make {@code target/samepage}. */
@NullMarked
package dev.samepage.packaging;

import org.jspecify.annotations.NullMarked;
