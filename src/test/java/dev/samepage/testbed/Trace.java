package dev.samepage.testbed;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The system calls by which a program and its children touched the files under a directory, in the order of their beginning.
 *
 * @param under the directory
 */
public record Trace(Path under, List<SystemCall> calls) {
    /** Whatever strace takes for a call about a file or a descriptor and is not named here counts as one that changes something. */
    private static final Set<String> READS = Set.of(
            "access",
            "faccessat",
            "faccessat2",
            "stat",
            "lstat",
            "fstat",
            "newfstatat",
            "statx",
            "statfs",
            "fstatfs",
            "readlink",
            "readlinkat",
            "getdents64",
            "read",
            "pread64",
            "readv",
            "lseek",
            "fcntl",
            "execve");

    public Trace {
        calls = List.copyOf(calls);
    }

    /** Reads what strace has written to {@code log}, a dot and the number of a thread. */
    public static Trace read(Path log, Path under) throws IOException {
        List<SystemCall> calls = new ArrayList<>();
        Path directory = log.toAbsolutePath().getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, log.getFileName() + ".*")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                int task = Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
                for (String line : Files.readAllLines(file)) {
                    SystemCall.parse(task, line)
                            .filter(call -> call.paths().stream().anyMatch(path -> path.startsWith(under)))
                            .ifPresent(calls::add);
                }
            }
        }
        calls.sort(Comparator.comparingLong(SystemCall::micros));
        return new Trace(under, calls);
    }

    /**
     * Those that can change a file: all but reads, openings for reading, and closing what was opened so or what a child has inherited, which
     * is a copy.
     */
    public List<SystemCall> operations() {
        Map<Integer, Set<Integer>> written = new HashMap<>();
        List<SystemCall> operations = new ArrayList<>();
        for (SystemCall call : calls) {
            Set<Integer> ofTask = written.computeIfAbsent(call.task(), task -> new HashSet<>());
            boolean operation = switch (call.name()) {
                case "open", "openat" -> !opensForReading(call);
                case "dup" -> ofTask.contains(call.given());
                case "close" -> ofTask.remove(call.given());
                default -> !READS.contains(call.name());
            };
            if (operation) {
                operations.add(call);
                if (call.returned() >= 0) {
                    ofTask.add(call.returned());
                }
            }
        }
        return operations;
    }

    private static boolean opensForReading(SystemCall call) {
        return call.arguments().contains("O_RDONLY")
                && !call.arguments().contains("O_CREAT")
                && !call.arguments().contains("O_TRUNC");
    }

    /** The thread that made the first operation. */
    public int mainTask() {
        return operations().getFirst().task();
    }

    /**
     * Which of its thread's calls of that name about {@link #files} it is, from 1, as strace counts them. How often other files are read may
     * differ from run to run.
     */
    int occurrence(SystemCall call) {
        Set<Path> files = files();
        return (int) calls.stream()
                        .takeWhile(other -> !other.equals(call))
                        .filter(other ->
                                other.task() == call.task() && other.name().equals(call.name()))
                        .filter(other -> other.paths().stream().anyMatch(files::contains))
                        .count()
                + 1;
    }

    /** Every file that an operation is about. */
    Set<Path> files() {
        return operations().stream()
                .flatMap(call -> call.paths().stream())
                .filter(path -> path.startsWith(under))
                .collect(Collectors.toSet());
    }

    /** What it is and about which files, the same in every run: {@code rename originals.tmp originals}. */
    public String describe(SystemCall call) {
        StringBuilder text = new StringBuilder(call.name());
        call.paths().stream()
                .filter(path -> path.startsWith(under))
                .forEach(path -> text.append(' ').append(under.relativize(path)));
        return text.toString();
    }
}
