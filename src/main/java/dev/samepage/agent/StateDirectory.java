package dev.samepage.agent;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A directory on a file system that forgets at reboot, as the kernel forgets its own settings: the host's /run/samepage. It is made
 * when something is first written.
 */
public final class StateDirectory implements StateFiles {
    /** Where the host keeps it. */
    public static final Path DEFAULT = Path.of("/run/samepage");

    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_SET_ASIDE = 10;

    private final Path directory;

    public StateDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(name))) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public void replace(String name, String content) throws IOException {
        Files.createDirectories(directory);
        Path temporary = directory.resolve(name + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        synchronise();
    }

    @Override
    public String setAside(String name) throws IOException {
        for (int number = 1; number <= MAX_SET_ASIDE; number++) {
            Path target = directory.resolve(name + ".damaged-" + number);
            if (number == MAX_SET_ASIDE || !Files.exists(target)) {
                Files.move(directory.resolve(name), target, StandardCopyOption.REPLACE_EXISTING);
                return target.toString();
            }
        }
        throw new AssertionError("the loop always returns");
    }

    @Override
    public void delete(String name) throws IOException {
        if (Files.deleteIfExists(directory.resolve(name))) {
            synchronise();
        }
    }

    /**
     * Makes sure that nobody else works on this host with the same directory, until the result is closed.
     *
     * @return empty where somebody else does
     */
    public Optional<Closeable> tryLock() throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(() -> {
            Files.deleteIfExists(file);
            channel.close();
        });
    }

    /** Makes a rename or a deletion last. */
    private void synchronise() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
