package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Un-merging by a child process, on the kernel of this machine. */
@RealKsm
class UnmergeKernelTest {
    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);

    @Test
    void givesEveryPageBack() throws IOException {
        try (MergeableMemory memory = MergeableMemory.pairs(1000)) {
            memory.awaitMerged(files);
            assertThat(Unmerge.run(Ksm.DEFAULT)).isEqualTo(new UnmergeResult.Unmerged());
            assertThat(files.read("pages_sharing")).isEqualTo("0");
            assertThat(files.read("run")).isEqualTo("2");
        }
    }

    @Test
    void isDoneAtOnceWhereNothingIsMerged() {
        assertThat(Unmerge.run(Ksm.DEFAULT)).isEqualTo(new UnmergeResult.Unmerged());
    }
}
