package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The child process itself, with plain files in the place of the kernel's. */
class UnmergeProcessTest {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(2);
    private static final Duration A_LITTLE = Duration.ofMillis(50);

    @TempDir
    Path directory;

    private UnmergeProcess process;

    @BeforeEach
    void nothingIsMerged() throws IOException {
        Files.writeString(directory.resolve("run"), "0\n");
        Files.writeString(directory.resolve("pages_shared"), "0\n");
        process = new UnmergeProcess(directory);
    }

    private static void awaitReady(UnmergeWriter.Writing writing) throws IOException, InterruptedException {
        long latest = System.nanoTime() + LONG_ENOUGH.toNanos();
        UnmergeWriter.Stage stage;
        do {
            stage = writing.await(A_LITTLE);
        } while (stage == UnmergeWriter.Stage.STARTING && System.nanoTime() < latest);
        assertThat(stage).isEqualTo(UnmergeWriter.Stage.READY);
    }

    private UnmergeResult run() throws IOException, InterruptedException {
        try (UnmergeWriter.Writing writing = process.start()) {
            awaitReady(writing);
            writing.go();
            assertThat(writing.await(LONG_ENOUGH)).isEqualTo(UnmergeWriter.Stage.ENDED);
            return writing.result();
        }
    }

    @Test
    void writes2() throws Exception {
        assertThat(run()).isEqualTo(new UnmergeResult.Unmerged());
        assertThat(directory.resolve("run")).hasContent("2");
    }

    @Test
    void writesNothingBeforeItIsTold() throws Exception {
        try (UnmergeWriter.Writing writing = process.start()) {
            awaitReady(writing);

            assertThat(directory.resolve("run")).hasContent("0");
        }
        assertThat(directory.resolve("run")).hasContent("0");
    }

    @Test
    void isKilledWhereItIsStopped() throws Exception {
        try (UnmergeWriter.Writing writing = process.start()) {
            writing.stop();

            assertThat(writing.await(LONG_ENOUGH)).isEqualTo(UnmergeWriter.Stage.ENDED);
            assertThat(writing.result()).isEqualTo(new UnmergeResult.Killed(9));
        }
    }

    @Test
    void isNotDoneWhilePagesAreMerged() throws Exception {
        Files.writeString(directory.resolve("pages_shared"), "17\n");

        assertThat(run()).isEqualTo(new UnmergeResult.StillMerged(17, 0));
    }

    @Test
    void isNotDoneWhileZeroPagesAreCounted() throws Exception {
        Files.writeString(directory.resolve("ksm_zero_pages"), "5\n");

        assertThat(run()).isEqualTo(new UnmergeResult.StillMerged(0, 5));
    }

    @Test
    void passesOnWhyTheChildWasRefused() throws Exception {
        Files.delete(directory.resolve("run"));

        assertThat(run()).isEqualTo(new UnmergeResult.Refused(Errno.ENOENT, "there is no such file"));
    }

    @Test
    void runsOneChildAtATime() throws Exception {
        try (UnmergeWriter.Writing first = process.start()) {
            awaitReady(first);

            assertThatThrownBy(process::start).hasMessageContaining("has not ended");
        }
    }

    @Test
    void stopsWithTheCallerWhereThatIsInterrupted() throws Exception {
        try (UnmergeWriter.Writing writing = process.start()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> writing.await(LONG_ENOUGH)).isInstanceOf(InterruptedException.class);
        }
        try (UnmergeWriter.Writing _ = startedSoon()) {
            assertThat(directory.resolve("run")).hasContent("0");
        }
    }

    /** The one before is killed, and needs a moment for its end. */
    private UnmergeWriter.Writing startedSoon() throws IOException, InterruptedException {
        long latest = System.nanoTime() + LONG_ENOUGH.toNanos();
        while (true) {
            try {
                return process.start();
            } catch (IOException notYet) {
                if (System.nanoTime() > latest) {
                    throw notYet;
                }
                Thread.sleep(A_LITTLE);
            }
        }
    }

    @Test
    void endsWithItsParentsEndOfThePipe() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        UnmergeChild.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        child.getOutputStream().close();

        assertThat(child.waitFor(LONG_ENOUGH)).isTrue();
        assertThat(child.exitValue()).isEqualTo(4);
        assertThat(directory.resolve("run")).hasContent("0");
    }

    /** A write to a pipe that nobody reads waits as one to the kernel does. */
    @Test
    void endsWithItsParentAlsoWhileItWrites() throws Exception {
        Files.delete(directory.resolve("run"));
        new FakeProc(directory).hang("run");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        UnmergingParent.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = parent.inputReader()) {
            long child = Long.parseLong(said.readLine());
            assertThat(hasEnded(child)).isFalse();

            parent.destroyForcibly();

            await().atMost(LONG_ENOUGH).until(() -> hasEnded(child));
        } finally {
            parent.destroyForcibly();
        }
    }

    /** Nobody may have waited for it yet. */
    private static boolean hasEnded(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .matches("(?s).*\\) [ZX] .*");
        } catch (IOException gone) {
            return true;
        }
    }

    @Test
    void tellsTheSignalThatKilledTheChild() throws IOException {
        UnmergeResult result = UnmergeProcess.result(137, "", FakeKsm.linux618());

        assertThat(result).isEqualTo(new UnmergeResult.Killed(9));
        assertThat(((UnmergeResult.NotUnmerged) result).reason())
                .isEqualTo("the process that did it was killed by signal 9, as happens when memory runs out");
    }

    @Test
    void isDoneWhereTheSignalCameTooLate() throws IOException {
        assertThat(UnmergeProcess.result(137, "", FakeKsm.linux618().with(Knob.RUN, 2)))
                .isEqualTo(new UnmergeResult.Unmerged());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ENOMEM Cannot allocate memory | ENOMEM | the kernel had no memory to go on; run is 0 and a part is un-merged",
                "EROFS it is mounted read-only | EROFS | it is mounted read-only",
                "nonsense from somewhere | OTHER | nonsense from somewhere",
            })
    void readsWhatTheChildSays(String output, Errno errno, String cause) throws IOException {
        assertThat(UnmergeProcess.result(UnmergeChild.REFUSED, output, FakeKsm.linux618()))
                .isEqualTo(new UnmergeResult.Refused(errno, cause));
    }

    @Test
    void boundsWhatAFailingJavaSays() throws IOException {
        assertThat(UnmergeProcess.result(1, "Error: \u001b[2J" + "x".repeat(4000), FakeKsm.linux618()))
                .isEqualTo(new UnmergeResult.Failed("the child process ended with 1: Error: [2J" + "x".repeat(490)));
    }
}
