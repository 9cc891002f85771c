package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnmergeTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"2, true", "1, true", "0, false"})
    void takesTheSavingAndTheReserveFromWhatIsAvailable(long spareBytes, boolean enough) {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, 262_144L, Counter.KSM_ZERO_PAGES, 262_144L));
        HostMemory memory = new HostMemory(100 * GIB, 12 * GIB - 1 + spareBytes);
        MemoryCheck check = Unmerge.check(counters, memory, 4096, 10);
        assertThat(check).isEqualTo(new MemoryCheck(2 * GIB, 10 * GIB, 12 * GIB - 1 + spareBytes));
        assertThat(check.enough()).isEqualTo(enough);
    }

    @Test
    void hasNeverEnoughForAnAbsurdSaving() {
        Counters counters = new Counters(Map.of(Counter.PAGES_SHARING, Long.MAX_VALUE));
        assertThat(Unmerge.check(counters, new HostMemory(GIB, GIB), 4096, 0).enough())
                .isFalse();
    }

    @Test
    void writes2InAChildProcess() throws IOException {
        Files.writeString(directory.resolve("run"), "0\n");
        Files.writeString(directory.resolve("pages_shared"), "0\n");
        assertThat(Unmerge.run(directory)).isEqualTo(new UnmergeResult.Unmerged());
        assertThat(directory.resolve("run")).hasContent("2");
    }

    @Test
    void isNotDoneWhilePagesAreMerged() throws IOException {
        Files.writeString(directory.resolve("run"), "0\n");
        Files.writeString(directory.resolve("pages_shared"), "17\n");
        assertThat(Unmerge.run(directory)).isEqualTo(new UnmergeResult.StillMerged(17));
    }

    @Test
    void passesOnWhyTheChildWasRefused() {
        assertThat(Unmerge.run(directory)).isEqualTo(new UnmergeResult.Refused(Errno.ENOENT, "there is no such file"));
    }

    @Test
    void interruptsTheChildWithTheCaller() throws IOException {
        Files.writeString(directory.resolve("run"), "0\n");
        Thread.currentThread().interrupt();
        UnmergeResult result = Unmerge.run(directory);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result)
                .isEqualTo(new UnmergeResult.Failed("this process was interrupted while it waited for its child"));
    }

    @Test
    void tellsTheSignalThatKilledTheChild() throws IOException {
        UnmergeResult result = Unmerge.result(137, "", FakeKsm.linux618());
        assertThat(result).isEqualTo(new UnmergeResult.Killed(9));
        assertThat(((UnmergeResult.NotUnmerged) result).reason())
                .isEqualTo("the process that did it was killed by signal 9, as happens when memory runs out");
    }

    @Test
    void isDoneWhereTheSignalCameTooLate() throws IOException {
        assertThat(Unmerge.result(137, "", FakeKsm.linux618().with(Knob.RUN, 2)))
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
        assertThat(Unmerge.result(UnmergeChild.REFUSED, output, FakeKsm.linux618()))
                .isEqualTo(new UnmergeResult.Refused(errno, cause));
    }

    @Test
    void boundsWhatAFailingJavaSays() throws IOException {
        assertThat(Unmerge.result(1, "Error: \u001b[2J" + "x".repeat(4000), FakeKsm.linux618()))
                .isEqualTo(new UnmergeResult.Failed(
                        "the child process ended with 1: Error: ?[2J" + "x".repeat(49) + "..."));
    }
}
