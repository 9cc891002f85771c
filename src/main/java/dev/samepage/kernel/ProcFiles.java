package dev.samepage.kernel;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files of one /proc, or of one cgroup. Other people's processes write some of the text, so no read is longer than 64 KiB and no
 * character is trusted.
 */
class ProcFiles {
    private static final int MAX_BYTES = 64 * 1024;

    private final Path proc;

    ProcFiles(Path proc) {
        this.proc = proc;
    }

    byte[] bytes(String file) throws IOException {
        // Cheaper than a channel, for what is read a hundred times a second.
        try (InputStream in = new FileInputStream(proc + "/" + file)) {
            return in.readNBytes(MAX_BYTES);
        }
    }

    /** The first 64 KiB, one character for each byte. */
    String read(String file) throws IOException {
        return new String(bytes(file), StandardCharsets.ISO_8859_1);
    }

    /** The process ids in ascending order. */
    SortedSet<Integer> pids() throws IOException {
        SortedSet<Integer> pids = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc)) {
            for (Path entry : entries) {
                OptionalLong pid = Text.unsigned(entry.getFileName().toString());
                if (pid.isPresent() && pid.getAsLong() <= Integer.MAX_VALUE) {
                    pids.add((int) pid.getAsLong());
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return pids;
    }

    /** Whether the process has not ended, or is waited for by its parent. */
    boolean isThere(int pid) {
        return Files.exists(proc.resolve(Integer.toString(pid)));
    }

    /** What follows the key on the first line that begins with it. */
    static Optional<String> line(String text, String key) {
        return text.lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).strip())
                .findFirst();
    }

    /** The number that follows the key on the first line that begins with it; empty where there is none. */
    static OptionalLong number(String text, String key) {
        return line(text, key).map(Text::unsigned).orElse(OptionalLong.empty());
    }
}
