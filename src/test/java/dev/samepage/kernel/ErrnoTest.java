package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrnoTest {
    @ParameterizedTest
    @CsvSource({
        "Invalid argument, EINVAL",
        "Device or resource busy, EBUSY",
        "Resource busy, EBUSY",
        "Permission denied, EACCES",
        "Operation not permitted, EPERM",
        "Read-only file system, EROFS",
        "No such file or directory, ENOENT",
        "Cannot allocate memory, ENOMEM",
        "Out of memory, ENOMEM",
        "Interrupted system call, EINTR",
        "Numerical result out of range, ERANGE",
        "Input/output error, OTHER",
        "'', OTHER",
    })
    void readsTheWordsOfTheCLibrary(String words, Errno errno) {
        assertThat(Errno.of(new IOException(words))).isEqualTo(errno);
        assertThat(Errno.of(new FileSystemException("/sys/kernel/mm/ksm/run", null, words)))
                .isEqualTo(errno);
    }

    @Test
    void readsTheTypeOfTheException() {
        assertThat(Errno.of(new NoSuchFileException("run"))).isEqualTo(Errno.ENOENT);
        assertThat(Errno.of(new AccessDeniedException("run"))).isEqualTo(Errno.EACCES);
        assertThat(Errno.of(new ClosedByInterruptException())).isEqualTo(Errno.EINTR);
        assertThat(Errno.of(new FileNotFoundException("run (Permission denied)")))
                .isEqualTo(Errno.EACCES);
    }

    @Test
    void isOtherWhereTheExceptionSaysNothing() {
        assertThat(Errno.of(new IOException())).isEqualTo(Errno.OTHER);
        assertThat(Errno.of(new FileSystemException("Permission denied"))).isEqualTo(Errno.OTHER);
    }

    @Test
    void understandsWhatThisMachineSays() {
        Path score = Path.of("/proc/self/oom_score_adj");
        assumeTrue(Files.exists(score), "it takes Linux");
        KsmFiles self = new KsmDirectory(Path.of("/proc/self"));
        IOException refused = catchThrowableOfType(
                IOException.class, () -> self.write("oom_score_adj", "neither a number nor a name"));
        assertThat(Errno.of(refused)).isEqualTo(Errno.EINVAL);
    }
}
