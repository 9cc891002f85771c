package dev.samepage.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StableJarTest {
    @TempDir
    Path directory;

    @Test
    void sameEntriesMakeTheSameBytes() throws IOException {
        Path one = jar("one.jar", 2026, "META-INF/MANIFEST.MF", "a.txt", "b.txt");
        Path other = jar("other.jar", 2025, "b.txt", "a.txt", "META-INF/MANIFEST.MF");

        assertThat(stable(one)).hasSameBinaryContentAs(stable(other));
    }

    @Test
    void everyEntryKeepsItsContent() throws IOException {
        try (ZipFile copy =
                new ZipFile(stable(jar("one.jar", 2026, "b.txt", "a.txt")).toFile())) {
            assertThat(copy.stream().map(ZipEntry::getName)).containsExactly("a.txt", "b.txt");
            assertThat(copy.getInputStream(copy.getEntry("b.txt"))).hasContent("in b.txt");
        }
    }

    private Path stable(Path jar) throws IOException {
        Path copy = directory.resolve("stable").resolve(jar.getFileName());
        new StableJar(jar).write(copy);
        return copy;
    }

    private Path jar(String name, int year, String... entries) throws IOException {
        Path file = directory.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String entry : entries) {
                ZipEntry written = new ZipEntry(entry);
                written.setTimeLocal(LocalDateTime.of(year, 6, 1, 12, 0));
                out.putNextEntry(written);
                out.write(("in " + entry).getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return file;
    }
}
