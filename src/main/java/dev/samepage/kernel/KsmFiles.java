package dev.samepage.kernel;

import java.io.IOException;

/**
 * Where the KSM files live: the kernel's own directory, or a fake in tests. The one edge of this package that tests replace. {@code
 * toString()} says where it is, for messages.
 */
public interface KsmFiles {
    /** Whether there is a file of this name. A kernel lacks files that are newer than it is. */
    boolean exists(String file);

    /**
     * The text of a file: one read of at most 4 KiB, without white space around it. Whatever is not printable ASCII is replaced by {@code ?}.
     *
     * @throws IOException where the file is missing or cannot be read; {@link Errno#of} tells why
     */
    String read(String file) throws IOException;

    /**
     * Writes the text with exactly one {@code write(2)} and never creates a file.
     *
     * @throws IOException the kernel's refusal; {@link Errno#of} tells which
     */
    void write(String file, String text) throws IOException;

    /**
     * Opens a file for writing and closes it again, so that nothing changes.
     *
     * @throws IOException why a write would be refused before the kernel even looks at the value
     */
    void checkWritable(String file) throws IOException;
}
