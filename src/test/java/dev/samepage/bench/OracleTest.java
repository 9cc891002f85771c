package dev.samepage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle over made-up processes, whose memory begins at address 0x10000. */
class OracleTest {
    private static final int PAGE = 4096;
    private static final long START = 0x10000;
    private static final long PRESENT = 1L << 63;
    private static final long OF_A_FILE = 1L << 61;
    private static final int ZERO_FRAME = 7;
    private static final int HUGE_FRAME = 8;

    @TempDir
    Path proc;

    private int nextFrame = 10;

    @BeforeEach
    void theKernelsPageOfZeros() throws IOException {
        write("kpageflags", 0, new byte[8 * 64]);
        write("kpageflags", 8 * ZERO_FRAME, word(1L << 24));
        write("kpageflags", 8 * HUGE_FRAME, word(1L << 22));
    }

    @Test
    void countsEveryPageButOneOfThoseWithTheSameContent() throws IOException {
        process(1, page('a'), page('b'), page('a'));
        process(2, page('a'), page('c'));

        assertThat(ask(1, 2)).isEqualTo(new Oracle.Finding(5, 2 * PAGE));
    }

    @Test
    void pagesThatDifferInTheirLastByteAreNotTheSame() throws IOException {
        byte[] other = page('a');
        other[PAGE - 1] = 'b';
        process(1, page('a'), other);

        assertThat(ask(1)).isEqualTo(new Oracle.Finding(2, 0));
    }

    @Test
    void pagesOfZerosCountUnlessTheyAreTheKernelsOwn() throws IOException {
        process(1, new byte[PAGE], new byte[PAGE], new byte[PAGE]);
        entry(1, 2, PRESENT | ZERO_FRAME);

        assertThat(ask(1)).isEqualTo(new Oracle.Finding(2, PAGE));
    }

    @Test
    void pagesOfHugePagesCountUnlessTheyAreZeros() throws IOException {
        process(1, page('a'), page('a'), new byte[PAGE], new byte[PAGE]);
        entry(1, 1, PRESENT | HUGE_FRAME);
        entry(1, 3, PRESENT | HUGE_FRAME);

        assertThat(ask(1)).isEqualTo(new Oracle.Finding(3, PAGE));
    }

    @Test
    void pagesThatAreNotInRamOrBelongToFilesDoNotCount() throws IOException {
        process(1, page('a'), page('a'), page('a'), page('a'));
        entry(1, 1, 0);
        entry(1, 2, PRESENT | OF_A_FILE | 3);

        assertThat(ask(1)).isEqualTo(new Oracle.Finding(2, PAGE));
    }

    @Test
    void aProcessThatHasEndedHasNoPages() throws IOException {
        process(1, page('a'), page('a'));

        assertThat(ask(1, 2)).isEqualTo(new Oracle.Finding(2, PAGE));
    }

    @Test
    void onlyMarkedAreasAreMergeable() {
        assertThat(Oracle.mergeable("""
                        00400000-00401000 r-xp 00000000 08:01 1 /usr/bin/java
                        Size:                  4 kB
                        VmFlags: rd ex mr mw me
                        7f0000000000-7f0000100000 rw-p 00000000 00:00 0
                        Size:               1024 kB
                        VmFlags: rd wr mr mw me ac mg
                        7f0000200000-7f0000300000 rw-p 00000000 00:00 0
                        VmFlags: rd wr mr mw me mg nh
                        """))
                .containsExactly(
                        new Oracle.Area(0x7f0000000000L, 0x7f0000100000L),
                        new Oracle.Area(0x7f0000200000L, 0x7f0000300000L));
    }

    private Oracle.Finding ask(int... pids) throws IOException {
        return new Oracle(proc, PAGE)
                .ask(Arrays.stream(pids).mapToObj(Long::valueOf).toList());
    }

    /** A process with these pages, each in a frame of its own. */
    private void process(int pid, byte[]... pages) throws IOException {
        Files.createDirectories(proc.resolve(Integer.toString(pid)));
        Files.writeString(proc.resolve(pid + "/smaps"), """
                %x-%x rw-p 00000000 00:00 0
                VmFlags: rd wr mr mw me ac mg
                """.formatted(START, START + (long) pages.length * PAGE));
        for (int i = 0; i < pages.length; i++) {
            write(pid + "/mem", START + (long) i * PAGE, pages[i]);
            entry(pid, i, PRESENT | nextFrame++);
        }
    }

    private void entry(int pid, int page, long value) throws IOException {
        write(pid + "/pagemap", (START / PAGE + page) * Long.BYTES, word(value));
    }

    private void write(String file, long position, byte[] bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(proc.resolve(file), StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            channel.write(ByteBuffer.wrap(bytes), position);
        }
    }

    private static byte[] word(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
    }

    private static byte[] page(char content) {
        byte[] page = new byte[PAGE];
        Arrays.fill(page, (byte) content);
        return page;
    }
}
