package dev.samepage.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a process uses, from its files in /proc. */
public final class ProcessFigures {
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;
    /** {@code USER_HZ}, 100 on every architecture that runs virtual machines. */
    private static final double TICKS_PER_SECOND = 100;

    /** utime and stime in proc(5), counted from the field after the command's name. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private ProcessFigures() {}

    /** Memory that it has in RAM. */
    static double residentMebibytes(long pid) throws IOException {
        return mebibytes(pid, "Rss:");
    }

    /** Memory that belongs to no file: what would not be there without it. */
    static double anonymousMebibytes(long pid) throws IOException {
        return mebibytes(pid, "Anonymous:");
    }

    private static double mebibytes(long pid, String field) throws IOException {
        for (String line : Files.readAllLines(proc(pid).resolve("smaps_rollup"))) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.substring(field.length(), line.length() - " kB".length())
                                .strip())
                        / KIBIBYTES_PER_MEBIBYTE;
            }
        }
        throw new IOException("smaps_rollup has no " + field);
    }

    /** CPU time since its start, in steps of 10 ms. */
    public static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(proc(pid).resolve("stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(SYSTEM_TICKS))) / TICKS_PER_SECOND;
    }

    private static Path proc(long pid) {
        return Path.of("/proc", Long.toString(pid));
    }
}
