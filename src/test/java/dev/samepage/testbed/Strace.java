package dev.samepage.testbed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's strace: sees every system call of a program and its children, and kills it on entering one of them. The kernel then does not carry
 * that call out. (It would with {@code --seccomp-bpf}, which makes strace cheaper and its signals come to nothing.)
 */
public final class Strace {
    private static final String PROGRAM = "strace";
    private static final int KILLED = 128 + 9;
    private static final long LONGEST_SECONDS = 300;

    private Strace() {}

    /**
     * Finds it, and tries it.
     *
     * @throws UnavailableException where it is missing or may not trace
     */
    public static Strace find() throws UnavailableException {
        boolean there = Stream.of(Optional.ofNullable(System.getenv("PATH"))
                        .orElse("/usr/bin")
                        .split(":", -1))
                .anyMatch(directory -> Path.of(directory, PROGRAM).toFile().canExecute());
        if (!there) {
            throw new UnavailableException("strace is missing. On Debian: apt-get install strace");
        }
        Command.Output output =
                Command.of(PROGRAM, "-o", "/dev/null", "/bin/true").run();
        if (!output.succeeded()) {
            throw new UnavailableException(
                    "strace may not trace here: " + output.stderr().strip() + ". It takes the right to ptrace(2).");
        }
        return new Strace();
    }

    /**
     * Runs a program to its end and records how it touches the files under a directory.
     *
     * @param log where strace writes to, a file for each thread
     * @param output where the program writes to
     * @throws IllegalStateException where the program fails
     */
    public Trace record(List<String> program, Path under, Path log, Path output)
            throws IOException, InterruptedException {
        int exit = run(List.of(), program, log, output);
        if (exit != 0) {
            throw new IllegalStateException(program + " ended with " + exit + ": "
                    + new LogFile("it", output).text().strip());
        }
        return Trace.read(log, under);
    }

    /**
     * Runs a program again, in another directory like the first, and kills it on entering one of the calls that it made then.
     *
     * @param recorded what it did
     * @param call one of that
     * @return what it did now
     * @throws IllegalStateException where it was not killed
     */
    public Trace kill(Trace recorded, SystemCall call, List<String> program, Path under, Path log, Path output)
            throws IOException, InterruptedException {
        int exit = run(killing(recorded, call, under), program, log, output);
        if (exit != KILLED) {
            throw new IllegalStateException(program + " was not killed before " + recorded.describe(call)
                    + ", but ended with " + exit + ": "
                    + new LogFile("it", output).text().strip());
        }
        return Trace.read(log, under);
    }

    /** What strace is told so as to kill a program on entering this call, and to write what it sees to this file: the words before the program. */
    public static List<String> killing(Trace recorded, SystemCall call, Path under, Path log) {
        List<String> words = new ArrayList<>(words(log));
        words.addAll(killing(recorded, call, under));
        return words;
    }

    /** Strace counts the calls that are about these files, for each thread and each name. */
    private static List<String> killing(Trace recorded, SystemCall call, Path under) {
        List<String> words = new ArrayList<>();
        for (Path file : recorded.files()) {
            words.addAll(List.of(
                    "-P", under.resolve(recorded.under().relativize(file)).toString()));
        }
        words.add("--inject=" + call.name() + ":signal=KILL:when=" + recorded.occurrence(call));
        return words;
    }

    private static List<String> words(Path log) {
        return List.of(
                PROGRAM,
                "-qq",
                "-ff",
                "-ttt",
                "-y",
                "-s",
                "256",
                "-e",
                "trace=%file,%desc",
                "-o",
                log.toAbsolutePath().toString());
    }

    private static int run(List<String> options, List<String> program, Path log, Path output)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(words(log));
        words.addAll(options);
        words.addAll(program);
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(program + " did not end");
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
