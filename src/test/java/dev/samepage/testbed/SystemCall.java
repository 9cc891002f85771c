package dev.samepage.testbed;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A system call as strace shows it.
 *
 * @param task the id of the thread that made it
 * @param micros when it was begun, in microseconds since the epoch
 * @param name {@code openat}
 * @param arguments between its brackets; a file descriptor is followed by its path in angle brackets
 * @param result what came back; {@code ?} where the caller was killed instead
 */
public record SystemCall(int task, long micros, String name, String arguments, String result) {
    private static final Pattern LINE = Pattern.compile("(\\d+)\\.(\\d{6}) (\\w+)\\((.*)\\)\\s+= (.*)");
    private static final Pattern PATH = Pattern.compile("\"(/[^\"]*)\"|<(/[^>]*)>");
    private static final Pattern DESCRIPTOR = Pattern.compile("(\\d+)<.*");
    private static final Pattern DATA = Pattern.compile("\\d+<[^>]*>, \"([^\"\\\\]*)\", \\d+");

    /** Reads a line of the log of one thread; empty where it tells of something else, such as a signal. */
    static Optional<SystemCall> parse(int task, String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches()
                ? Optional.of(new SystemCall(
                        task,
                        Long.parseLong(matcher.group(1)) * 1_000_000 + Long.parseLong(matcher.group(2)),
                        matcher.group(3),
                        matcher.group(4),
                        matcher.group(5)))
                : Optional.empty();
    }

    /** The files that it is about: those that it names, and those behind its file descriptors. */
    public Set<Path> paths() {
        return PATH.matcher(arguments)
                .results()
                .map(found -> Path.of(found.group(1) == null ? found.group(2) : found.group(1)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Whether it came back. */
    public boolean ended() {
        return !result.startsWith("?");
    }

    /** The text that a {@code write} writes; empty for any other call. */
    public Optional<String> data() {
        Matcher matcher = DATA.matcher(arguments);
        return name.equals("write") && matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The file descriptor that it is given first; -1 where it is given none. */
    int given() {
        return descriptor(arguments);
    }

    /** The file descriptor that it returned; -1 where it returned none. */
    int returned() {
        return descriptor(result);
    }

    private static int descriptor(String text) {
        Matcher matcher = DESCRIPTOR.matcher(text);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }
}
