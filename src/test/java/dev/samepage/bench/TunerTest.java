package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuners on plain files in the kernel's place. */
class TunerTest {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @BeforeEach
    void theKernelsDefaults() throws IOException {
        Files.writeString(directory.resolve("run"), "0");
        Files.writeString(directory.resolve("pages_to_scan"), "100");
        Files.writeString(directory.resolve("sleep_millisecs"), "20");
    }

    @Test
    void bruteForceIs20000PagesAnd20Millis() throws IOException {
        try (Tuner.AtWork work = start(known("brute"))) {
            assertThat(knobs()).containsExactly("1", "20000", "20");
            assertThat(work.ownCpuSeconds()).isZero();
        }
    }

    @Test
    void nobodyChangesNothing() throws IOException {
        try (Tuner.AtWork _ = start(known("none"))) {
            assertThat(knobs()).containsExactly("0", "100", "20");
        }
    }

    @Test
    void aLawIsFollowedUntilItIsEnded() throws IOException {
        try (Tuner.AtWork work = start(known("kubevirt"))) {
            await().atMost(LONG_ENOUGH).untilAsserted(() -> assertThat(knobs()).containsExactly("1", "100", "74"));
            assertThat(work.ownCpuSeconds()).isPositive();
        }
        assertThat(knobs()).containsExactly("1", "100", "74");
    }

    @Test
    void aKnobThatIsRefusedIsAFailureOfTheTuner() {
        assertThatThrownBy(() -> start(known("advisor")))
                .hasMessage("advisor_mode=scan-time: this kernel has no advisor_mode");
    }

    @Test
    void aProgramSaysItsOwnCpuTimeAndIsEnded() throws IOException {
        long pid;
        try (Tuner.AtWork work = start(program("sh", "-c", "echo $$; while :; do :; done"))) {
            await().atMost(LONG_ENOUGH).until(() -> work.ownCpuSeconds() > 0.05);
            pid = Long.parseLong(Files.readString(directory.resolve("log")).strip());
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void aProgramThatEndsByItselfIsAFailure() throws IOException {
        Tuner.AtWork work = start(program("sh", "-c", "exit 3"));

        await().atMost(LONG_ENOUGH)
                .untilAsserted(() -> assertThatThrownBy(work::ownCpuSeconds)
                        .hasMessage("program has ended by itself with 3, see " + directory.resolve("log")));
    }

    private Tuner program(String... words) {
        return new ProgramTuner("program", "a program", List.of(words), directory.resolve("log"));
    }

    private static Tuner known(String name) {
        return Tuners.known(24L << 30, EnumSet.allOf(Knob.class)).stream()
                .filter(tuner -> tuner.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Tuner.AtWork start(Tuner tuner) throws IOException {
        return tuner.start(new Ksm(new KsmDirectory(directory)));
    }

    private List<String> knobs() throws IOException {
        return List.of(
                Files.readString(directory.resolve("run")),
                Files.readString(directory.resolve("pages_to_scan")),
                Files.readString(directory.resolve("sleep_millisecs")));
    }
}
