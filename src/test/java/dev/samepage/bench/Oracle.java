package dev.samepage.bench;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Knows what merging could save without asking KSM: it reads every page that the guests have marked as mergeable and compares their contents.
 * That takes a second for each 700 MB or so, and the processors' caches, so it is asked only when nothing is timed.
 */
final class Oracle {
    /** Of 64 bits for each page in /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst): in RAM; of a file or shared memory. */
    private static final long PRESENT = 1L << 63;

    private static final long OF_A_FILE = 1L << 61;
    private static final long FRAME = (1L << 55) - 1;

    /** Of 64 bits for each frame in /proc/kpageflags: the kernel's own page of zeros; of a huge page. */
    private static final long ZERO_PAGE = 1L << 24;

    private static final long HUGE_PAGE = 1L << 22;

    private static final int CHUNK_PAGES = 256;

    private final Path proc;
    private final int pageBytes;

    Oracle(Path proc, int pageBytes) {
        this.proc = proc;
        this.pageBytes = pageBytes;
    }

    /**
     * What it found.
     *
     * @param pages that were hashed
     * @param idealBytes that merging them could save
     */
    record Finding(long pages, long idealBytes) {}

    /** Addresses from {@code start} up to {@code end}. */
    record Area(long start, long end) {}

    /**
     * Reads the mergeable pages of these processes, those that have ended left out.
     *
     * @throws IOException if this process may not (it takes root)
     */
    Finding ask(Collection<Long> pids) throws IOException {
        var hashes = new PageHashes(pageBytes);
        try (FileChannel flags = open(proc.resolve("kpageflags"))) {
            for (long pid : pids) {
                Path process = proc.resolve(Long.toString(pid));
                try (FileChannel map = open(process.resolve("pagemap"));
                        FileChannel memory = open(process.resolve("mem"))) {
                    for (Area area : mergeable(Files.readString(process.resolve("smaps")))) {
                        hash(area, map, memory, flags, hashes);
                    }
                } catch (NoSuchFileException e) {
                    // It has ended.
                }
            }
        }
        return new Finding(hashes.pages(), hashes.idealBytes());
    }

    /** The areas that are marked ({@code mg} among the VmFlags of /proc/PID/smaps). */
    static List<Area> mergeable(String smaps) {
        List<Area> areas = new ArrayList<>();
        Area area = new Area(0, 0);
        for (String line : (Iterable<String>) smaps.lines()::iterator) {
            String first = line.substring(0, Math.max(0, line.indexOf(' ')));
            int dash = first.indexOf('-');
            if (dash > 0 && !first.endsWith(":")) {
                area = new Area(
                        Long.parseUnsignedLong(first.substring(0, dash), 16),
                        Long.parseUnsignedLong(first.substring(dash + 1), 16));
            } else if (line.startsWith("VmFlags:") && (line + " ").contains(" mg ")) {
                areas.add(area);
            }
        }
        return areas;
    }

    private void hash(Area area, FileChannel map, FileChannel memory, FileChannel flags, PageHashes hashes)
            throws IOException {
        ByteBuffer entries = ByteBuffer.allocateDirect(CHUNK_PAGES * Long.BYTES).order(ByteOrder.nativeOrder());
        ByteBuffer content = ByteBuffer.allocateDirect(CHUNK_PAGES * pageBytes).order(ByteOrder.nativeOrder());
        for (long at = area.start(); at < area.end(); at += (long) CHUNK_PAGES * pageBytes) {
            int pages = (int) Math.min(CHUNK_PAGES, (area.end() - at) / pageBytes);
            read(map, entries.clear().limit(pages * Long.BYTES), at / pageBytes * Long.BYTES);
            int page = 0;
            while (page < pages) {
                int first = page;
                while (page < pages && isOwn(entries.getLong(page * Long.BYTES))) {
                    page++;
                }
                if (page == first) {
                    page++;
                    continue;
                }
                read(memory, content.clear().limit((page - first) * pageBytes), at + (long) first * pageBytes);
                for (int i = first; i < page; i++) {
                    int offset = (i - first) * pageBytes;
                    if (!hashes.isZero(content, offset) || !isNoGain(flags, entries.getLong(i * Long.BYTES))) {
                        hashes.add(content, offset);
                    }
                }
            }
        }
    }

    /** What is not in RAM is not read: that would bring it there. */
    private static boolean isOwn(long entry) {
        return (entry & PRESENT) != 0 && (entry & OF_A_FILE) == 0;
    }

    /**
     * Whether a page of zeros is no gain for merging: the kernel's own takes no memory however often it is mapped, and one in a huge page is
     * given back by the kernel as soon as it splits that (since Linux 6.12), which it does to merge any other page of it.
     */
    private static boolean isNoGain(FileChannel flags, long entry) throws IOException {
        ByteBuffer bits = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        read(flags, bits, (entry & FRAME) * Long.BYTES);
        return (bits.getLong(0) & (ZERO_PAGE | HUGE_PAGE)) != 0;
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    private static void read(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("nothing to read at " + Long.toHexString(position));
            }
        }
    }
}
