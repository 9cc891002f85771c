package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The host's /proc while its ksmd works. */
@RealKsm
class HostKernelTest {
    private static final Path PROC = Path.of("/proc");

    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);

    @Test
    void countsTheCpuTimeThatKsmdSpends() throws IOException {
        HostProc proc = new HostProc(PROC);
        long before = proc.ksmdCpuNanos().orElseThrow();
        try (MergeableMemory memory = MergeableMemory.pairs(1000)) {
            memory.awaitMerged(files);
        }
        assertThat(proc.ksmdCpuNanos().orElseThrow()).isGreaterThan(before);
    }

    @Test
    void countsMergedPagesThatAreWrittenTo() throws IOException {
        HostProc proc = new HostProc(PROC);
        try (MergeableMemory memory = MergeableMemory.pairs(10)) {
            memory.awaitMerged(files);
            long before = proc.cowKsm().orElseThrow();
            memory.write(10);
            assertThat(proc.cowKsm().orElseThrow() - before).isEqualTo(10);
        }
    }

    @Test
    void findsThisProcessAmongTheGuestsOnlyWhileItsMemoryIsMergeable() throws IOException {
        int self = (int) ProcessHandle.current().pid();
        assertThat(newScan()).extracting(Guest::pid).doesNotContain(self);
        try (MergeableMemory memory = MergeableMemory.pairs(10)) {
            // Kernels that do not tell ksm_mergeable know a guest once ksmd has looked at it.
            memory.awaitMerged(files);
            assertThat(newScan()).extracting(Guest::pid).contains(self);
        }
    }

    /** By somebody who has never looked: this process may be too old to be looked at often. */
    private static List<Guest> newScan() {
        return new Guests(PROC, InstantSource.system()).scan();
    }
}
