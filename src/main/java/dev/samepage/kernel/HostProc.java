package dev.samepage.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * The host's /proc, as far as KSM is concerned. In a container this is a mount of the host's, whose process ids are the host's. Everything
 * read is bounded and treated as hostile.
 */
public final class HostProc {
    private static final Pattern BOOT_ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** What stands for a boot id or a release that cannot be read. */
    public static final String UNKNOWN = "unknown";

    private final ProcFiles files;
    private final Ksmd ksmd;

    public HostProc(Path proc) {
        files = new ProcFiles(proc);
        ksmd = new Ksmd(files);
    }

    /**
     * Total and available memory, from {@code meminfo}.
     *
     * @throws IOException where it cannot be read, or lacks MemTotal or MemAvailable
     */
    public HostMemory memory() throws IOException {
        String meminfo = files.read("meminfo");
        return new HostMemory(kilobytes(meminfo, "MemTotal:"), kilobytes(meminfo, "MemAvailable:"));
    }

    private static long kilobytes(String meminfo, String key) throws IOException {
        return ProcFiles.line(meminfo, key)
                        .map(value -> Text.unsigned(value.replace(" kB", "").strip()))
                        .filter(value -> value.isPresent() && value.getAsLong() <= Long.MAX_VALUE / 1024)
                        .orElseThrow(() -> new IOException("meminfo has no " + key.replace(":", "")))
                        .getAsLong()
                * 1024;
    }

    /** The random id of this boot, or {@code unknown}. */
    public String bootId() {
        try {
            String text = Text.printable(files.read("sys/kernel/random/boot_id"));
            return BOOT_ID.matcher(text).matches() ? text : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** What {@code uname -r} prints, 64 characters at most, or {@code unknown}. */
    public String kernelRelease() {
        try {
            String text = Text.printable(files.read("sys/kernel/osrelease"));
            return text.isEmpty() ? UNKNOWN : text.substring(0, Math.min(text.length(), 64));
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** Merged pages that were written to and copied since boot ({@code cow_ksm} of {@code vmstat}, Linux 5.19). */
    public OptionalLong cowKsm() {
        try {
            return ProcFiles.number(files.read("vmstat"), "cow_ksm ");
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The CPU time of ksmd since boot in nanoseconds; empty where the host's process ids are not visible. From {@code schedstat}, which is
     * exact; where the kernel lacks that from {@code stat}, in steps of 10 ms.
     */
    public OptionalLong ksmdCpuNanos() {
        return ksmd.cpuNanos();
    }

    /** The processes that may write KSM's knobs beside this one. */
    public Suspects suspects() {
        return new Suspects(files, Lookout.PATIENCE);
    }

    /**
     * The kernel's page size in bytes, from the auxiliary vector that it hands to every process. Not always 4096: arm64 may use 64 KiB.
     *
     * @throws UncheckedIOException where it cannot be read; any guess would make every other figure wrong
     */
    public long pageSizeBytes() {
        try {
            return AuxiliaryVector.pageSizeBytes(files.bytes("self/auxv"));
        } catch (IOException foreign) {
            // A /proc of another PID namespace has no "self" for this process, and a made-up one may have none at all.
            try {
                return AuxiliaryVector.pageSizeBytes(new ProcFiles(Path.of("/proc")).bytes("self/auxv"));
            } catch (IOException e) {
                throw new UncheckedIOException("the kernel's page size cannot be read from /proc/self/auxv", e);
            }
        }
    }

    /** What {@code getauxval(3)} reads: pairs of native words. */
    private static final class AuxiliaryVector {
        private static final long AT_PAGESZ = 6;

        static long pageSizeBytes(byte[] bytes) throws IOException {
            ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            while (words.remaining() >= 2 * Long.BYTES) {
                long type = words.getLong();
                long value = words.getLong();
                if (type == AT_PAGESZ && value >= 4096 && value <= 1 << 20 && Long.bitCount(value) == 1) {
                    return value;
                }
            }
            throw new IOException("auxv has no AT_PAGESZ");
        }
    }
}
