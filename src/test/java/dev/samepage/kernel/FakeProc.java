package dev.samepage.kernel;

import dev.samepage.testbed.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A made-up /proc in a directory. */
public final class FakeProc {
    private final Path directory;

    public FakeProc(Path directory) {
        this.directory = directory;
    }

    public void bytes(String file, byte[] bytes) {
        try {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void file(String file, String text) {
        bytes(file, text.getBytes(StandardCharsets.UTF_8));
    }

    public void memory(long totalKibibytes, long availableKibibytes) {
        file("meminfo", "MemTotal: %d kB\nMemAvailable: %d kB\n".formatted(totalKibibytes, availableKibibytes));
    }

    /** kthreadd, and ksmd as process 37. */
    public void kernelThreads() {
        stat(2, "kthreadd", 0, 1, 0, 0);
        stat(37, "ksmd", 2, 26, 0, 0);
    }

    /** A process as in proc(5), with the fields that are read and zeros for the others. */
    public void stat(int pid, String comm, int parent, long startTicks, long userTicks, long systemTicks) {
        file(
                pid + "/stat",
                "%d (%s) S %d 0 0 0 -1 0 0 0 0 0 %d %d 0 0 20 0 1 0 %d 0 0 18446744073709551615 0 0\n"
                        .formatted(pid, comm, parent, userTicks, systemTicks, startTicks));
    }

    /** A process that started so many seconds after boot. */
    public void process(int pid, String comm, long startSeconds) {
        stat(pid, comm, 1, startSeconds * 100, 0, 0);
    }

    public void commandLine(int pid, String... arguments) {
        file(pid + "/cmdline", String.join("\0", arguments) + "\0");
    }

    /** The process's ksm_stat as Linux 6.18 has it. */
    public void ksmStat(int pid, long rmapItems, String mergeAny, String mergeable) {
        file(pid + "/ksm_stat", """
                ksm_rmap_items %d
                ksm_zero_pages 0
                ksm_merging_pages 0
                ksm_process_profit 0
                ksm_merge_any: %s
                ksm_mergeable: %s
                """.formatted(rmapItems, mergeAny, mergeable));
    }

    /** The process's ksm_stat with so many pages merged, and merged with the kernel's zero page. */
    public void merged(int pid, long pages, long zeroPages) {
        file(pid + "/ksm_stat", """
                ksm_rmap_items %d
                ksm_zero_pages %d
                ksm_merging_pages %d
                ksm_process_profit 0
                ksm_merge_any: no
                ksm_mergeable: yes
                """.formatted(pages + zeroPages, zeroPages, pages));
    }

    /** The page size that the kernel tells every process. */
    public void pageSize(long bytes) {
        bytes(
                "self/auxv",
                ByteBuffer.allocate(32)
                        .order(ByteOrder.nativeOrder())
                        .putLong(6)
                        .putLong(bytes)
                        .array());
    }

    public void uptime(long seconds) {
        file("uptime", seconds + ".50 1234.56\n");
    }

    /** Whoever opens this file waits until {@link #answer}: a pipe that nobody writes to. */
    public void hang(String file) {
        Command.of("mkfifo", directory.resolve(file).toString()).run().orThrow();
    }

    /** Lets whoever waits for this file go on, and deletes it. */
    public void answer(String file) {
        Path pipe = directory.resolve(file);
        // For reading and writing it opens without waiting for anybody.
        try (FileChannel _ = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.delete(pipe);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process is gone. */
    public void end(int pid) {
        try (Stream<Path> tree = Files.walk(directory.resolve(Integer.toString(pid)))) {
            List<Path> paths = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : paths) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
