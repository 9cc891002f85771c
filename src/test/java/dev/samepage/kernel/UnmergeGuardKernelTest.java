package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Un-merging by a child process, guarded, on the kernel of this machine. */
@RealKsm
class UnmergeGuardKernelTest {
    private static final Path PROC = Path.of("/proc");

    /** So many take the kernel 150 ms: time enough to be killed in the midst. */
    private static final int MANY = 20_000;

    private static final int TRIES = 30;

    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);
    private final RecordedCaller caller = new RecordedCaller();

    private static UnmergeGuard guard() {
        return UnmergeGuard.at(Ksm.DEFAULT, PROC, Path.of("/sys/fs/cgroup"), new Guests(PROC, Clock.systemUTC()));
    }

    @Test
    void givesEveryPageBack() throws IOException {
        try (MergeableMemory memory = MergeableMemory.pairs(1000)) {
            memory.awaitMerged(files);

            assertThat(guard().unmerge(0, false, caller)).isEqualTo(new UnmergeResult.Unmerged());
            assertThat(files.read("pages_sharing")).isEqualTo("0");
            assertThat(files.read("run")).isEqualTo("2");
            assertThat(caller.pauses).isEmpty();
        }
    }

    @Test
    void isDoneAtOnceWhereNothingIsMerged() {
        assertThat(guard().unmerge(0, false, caller)).isEqualTo(new UnmergeResult.Unmerged());
    }

    @Test
    void writesNothingWhereTheReserveIsMoreThanThereIs() throws IOException {
        try (MergeableMemory memory = MergeableMemory.pairs(1000)) {
            memory.awaitMerged(files);

            assertThat(guard().unmerge(100, false, caller)).isInstanceOf(UnmergeResult.TooLittle.class);
            assertThat(files.read("pages_sharing")).isEqualTo("1000");
            assertThat(files.read("run")).isEqualTo("0");
        }
    }

    /** The kernel looks for a signal at every page, and counts what is un-merged when it is done with a process. */
    @Test
    void leavesAPartMergedWhereItIsKilledAndGoesOnFromThere() throws IOException, InterruptedException {
        try (MergeableMemory memory = MergeableMemory.pairs(MANY)) {
            killInTheMidst(memory);

            assertThat(files.read("run")).isEqualTo("0");
            assertThat(files.read("pages_sharing")).isEqualTo("20000");
            assertThat(memory.mergedPages()).isPositive().isLessThan(2 * MANY);

            assertThat(guard().unmerge(0, false, caller)).isEqualTo(new UnmergeResult.Unmerged());
            assertThat(files.read("pages_shared")).isEqualTo("0");
            assertThat(memory.mergedPages()).isZero();
        }
    }

    /** Begins anew where the signal came before the first page, or after the last. */
    private void killInTheMidst(MergeableMemory memory) throws IOException, InterruptedException {
        for (int tries = 0; tries < TRIES; tries++) {
            memory.awaitMerged(files);
            UnmergeResult result = killedOnceTheKernelHasBegun();
            if (result.equals(new UnmergeResult.Unmerged())) {
                continue;
            }
            assertThat(result).isEqualTo(new UnmergeResult.Killed(9));
            if (memory.mergedPages() < 2 * MANY) {
                return;
            }
        }
        throw new AssertionError(TRIES + " times the signal came before the kernel had begun, or after it was done");
    }

    private UnmergeResult killedOnceTheKernelHasBegun() throws IOException, InterruptedException {
        try (UnmergeWriter.Writing writing = new UnmergeProcess(Ksm.DEFAULT).start()) {
            while (writing.await(Duration.ofMillis(1)) == UnmergeWriter.Stage.STARTING) {
                // It will be ready.
            }
            writing.go();
            while (writing.await(Duration.ofMillis(1)) == UnmergeWriter.Stage.WRITING
                    && !files.read("run").equals("2")) {
                // run reads 2 as soon as the kernel begins.
            }
            writing.stop();
            return writing.result();
        }
    }
}
