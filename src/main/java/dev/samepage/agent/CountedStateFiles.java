package dev.samepage.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** State files that count what goes wrong with them: whatever cannot be read, written or deleted, and whatever has to be set aside. */
record CountedStateFiles(StateFiles files, Activity activity) implements StateFiles {

    private interface Operation<T> {
        T run() throws IOException;
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        return counted(() -> files.read(name));
    }

    @Override
    public void replace(String name, String content) throws IOException {
        counted(() -> {
            files.replace(name, content);
            return name;
        });
    }

    @Override
    public String setAside(String name) throws IOException {
        activity.count(Deed.JOURNAL_PROBLEM);
        return files.setAside(name);
    }

    @Override
    public Optional<Path> damagedOriginals() {
        return files.damagedOriginals();
    }

    @Override
    public void delete(String name) throws IOException {
        counted(() -> {
            files.delete(name);
            return name;
        });
    }

    private <T> T counted(Operation<T> operation) throws IOException {
        try {
            return operation.run();
        } catch (IOException e) {
            activity.count(Deed.JOURNAL_PROBLEM);
            throw e;
        }
    }

    @Override
    public String toString() {
        return files.toString();
    }
}
