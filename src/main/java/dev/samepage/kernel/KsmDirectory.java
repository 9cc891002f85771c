package dev.samepage.kernel;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The KSM files of a directory: {@code /sys/kernel/mm/ksm}, a mount of it in a container, or plain files. */
public final class KsmDirectory implements KsmFiles {
    private final Path directory;

    public KsmDirectory(Path directory) {
        this.directory = directory;
    }

    /** Only a regular file counts: opening a pipe would hang. */
    @Override
    public boolean exists(String file) {
        return Files.isRegularFile(directory.resolve(file));
    }

    @Override
    public String read(String file) throws IOException {
        byte[] buffer = new byte[4096];
        int length;
        // Cheaper than a channel, for what is read a hundred times a second.
        try (InputStream in = new FileInputStream(directory + "/" + file)) {
            length = Math.max(0, in.read(buffer));
        }
        return Text.printable(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
    }

    /** Truncates first, as a shell's {@code >} does: sysfs ignores that, and a plain file keeps no digit of its old value. */
    @Override
    public void write(String file, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(
                directory.resolve(file), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(bytes);
        }
        if (bytes.hasRemaining()) {
            throw new IOException("only " + bytes.position() + " of " + bytes.limit() + " bytes were written");
        }
    }

    @Override
    public void checkWritable(String file) throws IOException {
        FileChannel.open(directory.resolve(file), StandardOpenOption.WRITE).close();
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
