/** The whole of Samepage as it is packaged, from {@code kubectl apply} to the real kernel and back. */
@NullMarked
package dev.samepage.endtoend;

import org.jspecify.annotations.NullMarked;
