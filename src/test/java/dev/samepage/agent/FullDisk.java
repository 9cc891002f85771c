package dev.samepage.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Files on a disk that may be full: then nothing more can be written there, and what is there can be read and deleted.
 *
 * @param full whether it is, now
 */
record FullDisk(StateFiles files, BooleanSupplier full) implements StateFiles {
    @Override
    public Optional<String> read(String name) throws IOException {
        return files.read(name);
    }

    @Override
    public void replace(String name, String content) throws IOException {
        needRoom();
        files.replace(name, content);
    }

    @Override
    public String setAside(String name) throws IOException {
        needRoom();
        return files.setAside(name);
    }

    @Override
    public Optional<Path> damagedOriginals() {
        return files.damagedOriginals();
    }

    @Override
    public void delete(String name) throws IOException {
        files.delete(name);
    }

    private void needRoom() throws IOException {
        if (full.getAsBoolean()) {
            throw new IOException("No space left on device");
        }
    }
}
