package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KsmDirectoryTest {
    @TempDir
    Path directory;

    private KsmDirectory files;

    @BeforeEach
    void open() {
        files = new KsmDirectory(directory);
    }

    @Test
    void readsTheTextWithoutItsNewline() throws IOException {
        Files.writeString(directory.resolve("run"), "1\n");
        assertThat(files.read("run")).isEqualTo("1");
    }

    @Test
    void replacesTheOldTextWhole() throws IOException {
        Files.writeString(directory.resolve("pages_to_scan"), "20000\n");
        files.write("pages_to_scan", "100");
        assertThat(directory.resolve("pages_to_scan")).hasContent("100");
    }

    @Test
    void createsNoFile() {
        assertThatThrownBy(() -> files.write("run", "1")).isInstanceOf(NoSuchFileException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void changesNothingWhenItLooksWhetherAFileIsWritable() throws IOException {
        Files.writeString(directory.resolve("run"), "1\n");
        files.checkWritable("run");
        assertThat(directory.resolve("run")).hasContent("1\n");
    }

    @Test
    void seesNoFileInADirectoryOfThatName() throws IOException {
        Files.createDirectory(directory.resolve("run"));
        assertThat(files.exists("run")).isFalse();
    }

    @Test
    void readsNoMoreThanAPage() throws IOException {
        Files.writeString(directory.resolve("run"), "7".repeat(1_000_000));
        assertThat(files.read("run")).hasSize(4096);
    }

    @Test
    void replacesWhatATerminalMightObey() throws IOException {
        Files.write(directory.resolve("run"), new byte[] {'1', 0, 27, '[', '2', 'J', (byte) 0xff, '\n'});
        assertThat(files.read("run")).isEqualTo("1??[2J?");
    }

    @Test
    void takesBinaryForNoKnobAndNoCounter() throws IOException {
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        for (Knob knob : Knob.values()) {
            Files.write(directory.resolve(knob.file()), noise);
        }
        for (Counter counter : Counter.values()) {
            Files.write(directory.resolve(counter.file()), noise);
        }
        Ksm ksm = new Ksm(files);
        assertThat(ksm.read()).isEmpty();
        assertThat(ksm.counters().values()).isEmpty();
        assertThat(ksm.unavailable())
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith(directory + "/run reads \"")
                        .endsWith("this is not the kernel's KSM directory.")
                        .matches("[\\x20-\\x7e]{0,300}"));
    }
}
