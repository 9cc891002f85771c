package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.samepage.testbed.Command;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    Path parent;

    private Path directory;
    private StateDirectory state;

    @BeforeEach
    void open() {
        directory = parent.resolve("run/samepage");
        state = new StateDirectory(directory);
    }

    @Test
    void aFileThatIsNotThereIsEmpty() throws IOException {
        assertThat(state.read("originals")).isEmpty();
    }

    @Test
    void readingMakesNoDirectory() throws IOException {
        assertThat(state.read("originals")).isEmpty();
        assertThat(directory).doesNotExist();
    }

    @Test
    void readsWhatItWrote() throws IOException {
        state.replace("originals", "a\nb\n");

        assertThat(state.read("originals")).hasValue("a\nb\n");
    }

    @Test
    void replacesTheOldTextWhole() throws IOException {
        state.replace("originals", "something long");
        state.replace("originals", "short");

        assertThat(directory.resolve("originals")).hasContent("short");
    }

    @Test
    void leavesNoTemporaryFile() throws IOException {
        state.replace("originals", "text");

        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void writesOverATemporaryFileOfACrash() throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("originals.tmp"), "half of something that was much longer");
        state.replace("originals", "text");

        assertThat(state.read("originals")).hasValue("text");
    }

    @Test
    void readsAtMost64Kibibytes() throws IOException {
        state.replace("originals", "x".repeat(1 << 20));

        assertThat(state.read("originals").orElseThrow()).hasSize(65_536);
    }

    @Test
    void doesNotOpenAPipe() throws IOException {
        pipe("originals");

        assertThatThrownBy(() -> state.read("originals")).hasMessageContaining("originals: no regular file");
    }

    @Test
    void doesNotFollowALinkWhereItReads() throws IOException {
        Path target = Files.writeString(parent.resolve("target"), "of somebody else");
        link("originals", target);

        assertThatThrownBy(() -> state.read("originals")).hasMessageContaining("originals: no regular file");
    }

    @Test
    void doesNotReadADirectory() throws IOException {
        Files.createDirectories(directory.resolve("originals"));

        assertThatThrownBy(() -> state.read("originals")).hasMessageContaining("originals: no regular file");
    }

    @Test
    void readsBinaryAsText() throws IOException {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        Files.createDirectories(directory);
        Files.write(directory.resolve("originals"), noise);

        assertThat(state.read("originals").orElseThrow()).hasSizeLessThanOrEqualTo(65_536);
    }

    @Test
    void doesNotWriteThroughALink() throws IOException {
        Path target = Files.writeString(parent.resolve("target"), "of somebody else");
        link("originals.tmp", target);
        link("originals", target);

        state.replace("originals", "ours");

        assertThat(target).hasContent("of somebody else");
        assertThat(state.read("originals")).hasValue("ours");
    }

    @Test
    void doesNotWriteIntoAPipe() throws IOException {
        pipe("originals.tmp");

        state.replace("originals", "ours");

        assertThat(state.read("originals")).hasValue("ours");
    }

    @Test
    void aLockThatIsAPipeCannotBeHad() throws IOException {
        pipe("lock");

        assertThatThrownBy(() -> state.tryLock()).hasMessageContaining("lock: no regular file");
    }

    private void pipe(String name) throws IOException {
        Files.createDirectories(directory);
        Command.of("mkfifo", directory.resolve(name).toString()).run().orThrow();
    }

    private void link(String name, Path target) throws IOException {
        Files.createDirectories(directory);
        Files.createSymbolicLink(directory.resolve(name), target);
    }

    @Test
    void keepsTheContentOfWhatIsSetAside() throws IOException {
        state.replace("originals", "odd");

        assertThat(Path.of(state.setAside("originals")))
                .isEqualTo(directory.resolve("originals.damaged-1"))
                .hasContent("odd");
    }

    @Test
    void keepsWhatWasSetAsideBefore() throws IOException {
        state.replace("originals", "first");
        state.setAside("originals");
        state.replace("originals", "second");
        state.setAside("originals");

        assertThat(directory.resolve("originals.damaged-1")).hasContent("first");
        assertThat(directory.resolve("originals.damaged-2")).hasContent("second");
    }

    @Test
    void setsAsideNoMoreThanTenFiles() throws IOException {
        for (int i = 1; i <= 12; i++) {
            state.replace("originals", "number " + i);
            state.setAside("originals");
        }
        assertThat(directory.resolve("originals.damaged-9")).hasContent("number 9");
        assertThat(directory.resolve("originals.damaged-10")).hasContent("number 12");
        assertThat(directory.resolve("originals.damaged-11")).doesNotExist();
    }

    @Test
    void namesTheFirstDamagedOriginalsThatNobodyHasDeleted() throws IOException {
        state.replace("originals", "odd");
        state.setAside("originals");
        state.setAside("originals");
        Files.delete(directory.resolve("originals.damaged-1"));

        assertThat(state.damagedOriginals()).hasValue(directory.resolve("originals.damaged-2"));
    }

    @Test
    void whatIsNotThereCannotBeSetAside() throws IOException {
        Files.createDirectories(directory);

        assertThatThrownBy(() -> state.setAside("originals")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void deletesAFile() throws IOException {
        state.replace("originals", "text");
        state.delete("originals");

        assertThat(state.read("originals")).isEmpty();
    }

    @Test
    void deletesNothingWhereThereIsNothing() throws IOException {
        state.delete("originals");

        assertThat(directory).doesNotExist();
    }

    @Test
    void onlyOneHoldsTheLock() throws IOException {
        try (Closeable _ = state.tryLock().orElseThrow()) {
            assertThat(new StateDirectory(directory).tryLock()).isEmpty();
        }
    }

    @Test
    void anotherProcessDoesNotGetTheLock() throws IOException {
        try (Closeable _ = state.tryLock().orElseThrow()) {
            assertThat(lockOfAnotherProcess()).isEqualTo("taken");
        }

        assertThat(lockOfAnotherProcess()).isEqualTo("free");
    }

    private String lockOfAnotherProcess() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        AnotherProcess.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    static final class AnotherProcess {
        public static void main(String... arguments) throws IOException {
            boolean free = new StateDirectory(Path.of(arguments[0])).tryLock().isPresent();
            System.out.println(free ? "free" : "taken");
        }
    }

    @Test
    void theLockCanBeHadAgain() throws IOException {
        state.tryLock().orElseThrow().close();
        Optional<Closeable> again = state.tryLock();

        assertThat(again).isPresent();
        again.orElseThrow().close();
    }

    @Test
    void aLockThatIsGivenBackLeavesNoFile() throws IOException {
        state.tryLock().orElseThrow().close();

        assertThat(directory).isEmptyDirectory();
    }

    /** Who opened the file while it was held, and locks it when it is deleted, holds nothing that the next one would see. */
    @Test
    void aLockOnADeletedFileIsWorthNothing() throws IOException {
        Closeable first = state.tryLock().orElseThrow();
        try (FileChannel waiting = FileChannel.open(directory.resolve("lock"), StandardOpenOption.WRITE)) {
            first.close();
            try (FileLock _ = waiting.lock();
                    Closeable _ = state.tryLock().orElseThrow()) {
                assertThat(new StateDirectory(directory).tryLock()).isEmpty();
            }
        }
    }
}
