package dev.samepage.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The cases of {@link KsmContract} on the kernel of this machine. */
@RealKsm
class KsmKernelTest extends KsmContract {
    private final KsmFiles files = new KsmDirectory(Ksm.DEFAULT);
    private @Nullable MergeableMemory memory;

    @Override
    KsmFiles files() {
        return files;
    }

    @Override
    void merge(int pairs) throws IOException {
        memory = MergeableMemory.pairs(pairs);
        memory.awaitMerged(files);
    }

    @Override
    long pageSizeBytes() {
        return new HostProc(Path.of("/proc")).pageSizeBytes();
    }

    @AfterEach
    void giveTheMemoryBack() {
        if (memory != null) {
            memory.close();
        }
    }

    @Test
    void hasEveryCounterThatIsRead() throws IOException {
        assertThat(new Ksm(files).counters().values())
                .containsKeys(
                        Counter.PAGES_SHARED,
                        Counter.PAGES_SHARING,
                        Counter.PAGES_UNSHARED,
                        Counter.PAGES_VOLATILE,
                        Counter.FULL_SCANS);
    }

    @Test
    void readsTheDefaultsOfEveryKnob() throws IOException {
        assertThat(new Ksm(files).read())
                .containsEntry(Knob.RUN, 0L)
                .containsEntry(Knob.PAGES_TO_SCAN, 100L)
                .containsEntry(Knob.SLEEP_MILLISECS, 20L)
                .containsEntry(Knob.MAX_PAGE_SHARING, 256L);
    }
}
