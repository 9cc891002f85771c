package dev.samepage.testbed.guests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {
    /** As {@code cpio -o -H newc} writes it: a header of 13 numbers, the name and the content, each padded to 4 bytes. */
    @Test
    void isANewcArchive() throws IOException {
        var archive = new ByteArrayOutputStream();
        try (Initramfs initramfs = new Initramfs(archive)) {
            initramfs.console("dev/console").program("init", "echo hello\n".getBytes(US_ASCII));
        }

        assertThat(archive.toString(US_ASCII).replace('\0', '.'))
                .isEqualTo("070701" + "00000001" + "000041ed" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "00000004" + "00000000"
                        + "dev..."
                        + "070701" + "00000002" + "00002180" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000005" + "00000001" + "0000000c" + "00000000"
                        + "dev/console..."
                        + "070701" + "00000003" + "000081ed" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "0000000b" + "00000000" + "00000000" + "00000000" + "00000000" + "00000005" + "00000000"
                        + "init.."
                        + "echo hello\n."
                        + "070701" + "00000004" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000"
                        + "00000000" + "00000000" + "00000000" + "00000000" + "00000000" + "0000000b" + "00000000"
                        + "TRAILER!!!....");
    }

    @Test
    void copiesATreeWithItsDirectories(@TempDir Path tree) throws IOException {
        Files.createDirectories(tree.resolve("lib"));
        Files.writeString(tree.resolve("lib/a"), "12345");
        Files.writeString(tree.resolve("b"), "6");
        var archive = new ByteArrayOutputStream();
        try (Initramfs initramfs = new Initramfs(archive)) {
            initramfs.tree("opt/java", tree);
        }

        assertThat(archive.toString(US_ASCII).split("070701"))
                .extracting(entry -> entry.replaceAll("^[0-9a-f]{104}", "").replace('\0', '.'))
                .containsExactly(
                        "",
                        "opt...",
                        "opt/java..",
                        "opt/java/b....6...",
                        "opt/java/lib..",
                        "opt/java/lib/a....12345...",
                        "TRAILER!!!....");
    }
}
