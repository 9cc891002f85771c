package dev.samepage.kernel;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;

/** Memory of this process that ksmd may merge. Close it before the knobs are restored. */
public final class MergeableMemory implements AutoCloseable {
    /** Of 64 bits for each page in /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst): the number of its frame. */
    private static final long FRAME = (1L << 55) - 1;

    /** Of 64 bits for each frame in /proc/kpageflags: that ksmd has merged it. */
    private static final long MERGED = 1L << 21;

    private final MemorySegment memory;
    private final long pageSizeBytes;

    private MergeableMemory(MemorySegment memory, long pageSizeBytes) {
        this.memory = memory;
        this.pageSizeBytes = pageSizeBytes;
    }

    /** Pages of which each has exactly one equal: that many pages can be saved. */
    public static MergeableMemory pairs(int pairs) {
        long pageSizeBytes = new HostProc(Path.of("/proc")).pageSizeBytes();
        MemorySegment memory = Libc.map(2L * pairs * pageSizeBytes);
        Libc.advise(memory, Libc.MADV_NOHUGEPAGE);
        Libc.advise(memory, Libc.MADV_MERGEABLE);
        long salt = System.nanoTime();
        for (int page = 0; page < 2 * pairs; page++) {
            memory.set(ValueLayout.JAVA_LONG, page * pageSizeBytes, salt);
            memory.set(ValueLayout.JAVA_LONG, page * pageSizeBytes + 8, page / 2 + 1L);
        }
        return new MergeableMemory(memory, pageSizeBytes);
    }

    /** Lets ksmd work until every pair is merged and nothing else is, then stops it. Leaves the other knobs as they were. */
    public void awaitMerged(KsmFiles files) throws IOException {
        String pairs = Long.toString(memory.byteSize() / pageSizeBytes / 2);
        String pagesToScan = files.read("pages_to_scan");
        files.write("pages_to_scan", "10000");
        files.write("run", "1");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> files.read("pages_sharing").equals(pairs));
        files.write("run", "0");
        files.write("pages_to_scan", pagesToScan);
    }

    /** How many of its pages are merged at this moment, by the kernel's flags and not by its counters. Needs root. */
    public long mergedPages() throws IOException {
        try (FileChannel pagemap = FileChannel.open(Path.of("/proc/self/pagemap"));
                FileChannel flags = FileChannel.open(Path.of("/proc/kpageflags"))) {
            long merged = 0;
            long first = memory.address() / pageSizeBytes;
            for (long page = first; page < first + memory.byteSize() / pageSizeBytes; page++) {
                long frame = word(pagemap, page) & FRAME;
                merged += (word(flags, frame) & MERGED) == 0 ? 0 : 1;
            }
            return merged;
        }
    }

    private static long word(FileChannel file, long index) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        if (file.read(word, index * Long.BYTES) < Long.BYTES) {
            throw new IOException("the file ends before its word " + index);
        }
        return word.getLong(0);
    }

    /** Writes to that many pages, each of another pair, so that the kernel has to copy those that are merged. */
    public void write(int pages) {
        for (int page = 0; page < pages; page++) {
            memory.set(ValueLayout.JAVA_LONG, 2L * page * pageSizeBytes, page);
        }
    }

    @Override
    public void close() {
        Libc.unmap(memory);
    }
}
