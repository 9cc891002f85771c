package dev.samepage.packaging;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A jar whose bytes depend on the names and the contents of its entries only: neither on their order nor on their times. Quarkus 3.27
 * writes each entry with the time of the build.
 *
 * @param original the jar as it was written
 */
record StableJar(Path original) {
    /** The first that a jar can hold. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    /** Writes the same entries to a new file. */
    void write(Path copy) throws IOException {
        Files.createDirectories(copy.getParent());
        try (ZipFile jar = new ZipFile(original.toFile());
                OutputStream file = new BufferedOutputStream(Files.newOutputStream(copy));
                ZipOutputStream out = new ZipOutputStream(file)) {
            List<? extends ZipEntry> entries =
                    jar.stream().sorted(Comparator.comparing(ZipEntry::getName)).toList();
            for (ZipEntry entry : entries) {
                ZipEntry stable = new ZipEntry(entry.getName());
                stable.setTimeLocal(TIME);
                out.putNextEntry(stable);
                try (var in = jar.getInputStream(entry)) {
                    in.transferTo(out);
                }
                out.closeEntry();
            }
        }
    }
}
