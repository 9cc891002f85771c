package dev.samepage.testbed;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The user's cache directory: what took long to build or download, for the next time. An entry is there as a whole or not
 * at all, and is never changed.
 *
 * @param root may not exist yet
 */
public record ProgramCache(Path root) {
    /** Makes an entry, in an empty directory or one below it, which is returned. */
    @FunctionalInterface
    public interface Maker {
        Path make(Path work) throws IOException, UnavailableException;
    }

    /** The cache of the user whose environment this is: XDG_CACHE_HOME, else ~/.cache. */
    public static ProgramCache of(Map<String, String> environment) {
        String configured = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path caches = configured.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache")
                : Path.of(configured);
        return new ProgramCache(caches.resolve("samepage"));
    }

    /** The entry's directory, if it has been made. */
    Optional<Path> kept(String key) {
        return Optional.of(root.resolve(key)).filter(Files::isDirectory);
    }

    /**
     * The entry's directory, made now if it has not been. One process at a time makes it, under a lock, and renames it in
     * the end.
     */
    public Path keep(String key, Consumer<String> progress, Maker maker) throws IOException, UnavailableException {
        Optional<Path> kept = kept(key);
        return kept.isPresent() ? kept.get() : keepLocked(key, progress, maker);
    }

    private Path keepLocked(String key, Consumer<String> progress, Maker maker)
            throws IOException, UnavailableException {
        Files.createDirectories(root);
        Path entry = root.resolve(key);
        Path lock = root.resolve(key + ".lock");
        // Threads of one process do not exclude each other by a file lock.
        synchronized (ProgramCache.class) {
            try (FileChannel file = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (file.tryLock() == null) {
                    progress.accept("Waiting for another process that is making " + entry);
                    file.lock();
                }
                if (!Files.isDirectory(entry)) {
                    var work = new FileTree(root.resolve(key + ".unfinished"));
                    work.delete();
                    Path made = maker.make(Files.createDirectory(work.root()));
                    Files.move(made, entry, StandardCopyOption.ATOMIC_MOVE);
                    work.delete();
                    progress.accept("Kept in " + entry + " for the next time");
                }
                return entry;
            }
        }
    }
}
