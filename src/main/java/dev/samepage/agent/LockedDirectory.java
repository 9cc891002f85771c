package dev.samepage.agent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A state directory that nobody else works with until this is closed. Each use of it fails, and tries again to get its lock, for as long as
 * somebody else has that or it cannot be had: without it two agents would write the same kernel and the same journal.
 */
public final class LockedDirectory implements StateFiles, Closeable {
    private final StateDirectory directory;
    private @Nullable Closeable lock;

    /** Not locked yet. */
    public LockedDirectory(StateDirectory directory) {
        this.directory = directory;
    }

    /**
     * Tries to get the lock, where it is not had already.
     *
     * @return false where another samepage has it
     * @throws IOException where the directory cannot be written
     */
    public boolean lock() throws IOException {
        if (lock == null) {
            lock = directory.tryLock().orElse(null);
        }
        return lock != null;
    }

    private StateDirectory locked() throws IOException {
        if (!lock()) {
            throw new IOException("another samepage works on this host, it holds " + directory + "/lock");
        }
        return directory;
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        return locked().read(name);
    }

    @Override
    public void replace(String name, String content) throws IOException {
        locked().replace(name, content);
    }

    @Override
    public String setAside(String name) throws IOException {
        return locked().setAside(name);
    }

    @Override
    public Optional<Path> damagedOriginals() {
        return directory.damagedOriginals();
    }

    @Override
    public void delete(String name) throws IOException {
        locked().delete(name);
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
