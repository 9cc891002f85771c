package dev.samepage.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where the journal's files live: a directory, or a fake in tests that fails or stops at a chosen moment. */
public interface StateFiles {
    /** The content, at most 64 KiB of it; empty where there is no such file. */
    Optional<String> read(String name) throws IOException;

    /** Replaces the content as a whole: after a crash the file holds either the old or the new, and stays so after a power cut. */
    void replace(String name, String content) throws IOException;

    /**
     * Keeps a file that cannot be used under another name, so that a person can look at it later; gives that name. It may stay under its
     * own name too, until it is replaced or deleted.
     */
    String setAside(String name) throws IOException;

    /**
     * Where what told how the node was found was kept when it turned out to be damaged, the first such file; empty where that never was so,
     * or somebody has deleted them all.
     */
    Optional<Path> damagedOriginals();

    /** Deletes the file; nothing happens where there is none. */
    void delete(String name) throws IOException;
}
