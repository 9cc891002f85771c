/** What the build runs to make {@code target/samepage} and the container image, and the image's test. */
@NullMarked
package dev.samepage.packaging;

import org.jspecify.annotations.NullMarked;
