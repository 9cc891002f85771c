package dev.samepage.agent;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A directory on a file system that forgets at reboot, as the kernel forgets its own settings: the host's /run/samepage. It is made
 * when something is first written. Whoever is root on the host may have put anything there: what is no regular file is neither followed
 * nor opened, because opening a pipe hangs.
 */
public final class StateDirectory implements StateFiles {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_SET_ASIDE = 10;

    private final Path directory;

    public StateDirectory(Path directory) {
        this.directory = directory;
    }

    /** Whether anything was ever written here since the last boot; also true where it cannot be told, for want of a right. */
    public boolean exists() {
        return !Files.notExists(directory);
    }

    @Override
    public Optional<String> read(String name) throws IOException {
        Path file = directory.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            regular(file);
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public void replace(String name, String content) throws IOException {
        Files.createDirectories(directory);
        Path temporary = directory.resolve(name + ".tmp");
        Files.deleteIfExists(temporary);
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        synchronise();
    }

    /** A second link to the same file, so that a crash leaves it under one name at least. */
    @Override
    public String setAside(String name) throws IOException {
        int number = 1;
        while (number < MAX_SET_ASIDE && Files.exists(aside(name, number), LinkOption.NOFOLLOW_LINKS)) {
            number++;
        }
        Path target = aside(name, number);
        Files.deleteIfExists(target);
        return Files.createLink(target, directory.resolve(name)).toString();
    }

    @Override
    public Optional<Path> damagedOriginals() {
        return IntStream.rangeClosed(1, MAX_SET_ASIDE)
                .mapToObj(number -> aside(Journal.ORIGINALS, number))
                .filter(kept -> Files.exists(kept, LinkOption.NOFOLLOW_LINKS))
                .findFirst();
    }

    private Path aside(String name, int number) {
        return directory.resolve(name + ".damaged-" + number);
    }

    @Override
    public void delete(String name) throws IOException {
        if (Files.deleteIfExists(directory.resolve(name))) {
            synchronise();
        }
    }

    /**
     * Makes sure that nobody else works on this host with the same directory, until the result is closed, which deletes the file.
     *
     * @return empty where somebody else does
     */
    public Optional<Closeable> tryLock() throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("lock");
        while (true) {
            Optional<Object> before = identity(file);
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            if (!locked(channel)) {
                channel.close();
                return Optional.empty();
            }
            // Its last holder may just have deleted it, and then the next comer would find another. It is not opened
            // again to find out: whoever closes a file gives back every lock that the process has on it.
            if (before.isPresent() && before.equals(identity(file))) {
                return Optional.of(() -> {
                    try (channel) {
                        Files.deleteIfExists(file);
                    }
                });
            }
            channel.close();
        }
    }

    private static Optional<Object> identity(Path file) throws IOException {
        try {
            return Optional.ofNullable(regular(file).fileKey());
        } catch (NoSuchFileException deleted) {
            return Optional.empty();
        }
    }

    private static BasicFileAttributes regular(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(file.toString(), null, "no regular file");
        }
        return attributes;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
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
