package dev.samepage.testbed.guests;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The first files of a Linux kernel, as it unpacks them: a cpio archive of format newc
 * (Documentation/driver-api/early-userspace/buffer-format.rst in the kernel's sources). Directories come by themselves.
 */
public final class Initramfs implements Closeable {
    private static final int DIRECTORY = 0040755;
    private static final int PROGRAM = 0100755;
    private static final int FILE = 0100644;
    private static final int CHARACTER_DEVICE = 0020600;
    private static final int ALIGNMENT = 4;

    private final OutputStream out;
    private final Set<String> directories = new HashSet<>();
    private int inode;

    /** An archive that is written to {@code out} and closes it. */
    public Initramfs(OutputStream out) {
        this.out = out;
    }

    /** A directory, and those above it. Names have no slash in front. */
    public Initramfs directory(String name) throws IOException {
        if (directories.add(name)) {
            above(name);
            header(name, DIRECTORY, 0, 0, 0);
        }
        return this;
    }

    private void above(String name) throws IOException {
        int slash = name.lastIndexOf('/');
        if (slash > 0) {
            directory(name.substring(0, slash));
        }
    }

    /** A file that can be executed. */
    public Initramfs program(String name, byte[] content) throws IOException {
        above(name);
        header(name, PROGRAM, 0, 0, content.length);
        out.write(content);
        pad(content.length);
        return this;
    }

    /** A copy of a file, which can be executed where that can. */
    public Initramfs copy(String name, Path file) throws IOException {
        above(name);
        long size = Files.size(file);
        header(name, Files.isExecutable(file) ? PROGRAM : FILE, 0, 0, size);
        Files.copy(file, out);
        pad(size);
        return this;
    }

    /** A copy of a directory with all that is in it; a symbolic link becomes a copy of what it leads to. */
    public Initramfs tree(String name, Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            files = found.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            copy(name + "/" + directory.relativize(file), file);
        }
        return this;
    }

    /** The device that init's output goes to: character device 5:1. */
    public Initramfs console(String name) throws IOException {
        above(name);
        header(name, CHARACTER_DEVICE, 5, 1, 0);
        return this;
    }

    @Override
    public void close() throws IOException {
        try (out) {
            header("TRAILER!!!", 0, 0, 0, 0);
        }
    }

    private void header(String name, int mode, int major, int minor, long size) throws IOException {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        long[] fields = {
            ++inode, mode, 0, 0, 1, 0, size, 0, 0, major, minor, nameBytes.length, 0,
        };
        var header = new StringBuilder("070701");
        for (long field : fields) {
            header.append("%08x".formatted(field));
        }
        out.write(header.toString().getBytes(StandardCharsets.US_ASCII));
        out.write(nameBytes);
        pad(header.length() + nameBytes.length);
    }

    /** The archive is padded after these bytes, before which it was. */
    private void pad(long bytes) throws IOException {
        int padding = (int) Math.floorMod(-bytes, (long) ALIGNMENT);
        out.write(new byte[padding]);
    }
}
