package dev.samepage.packaging;

import dev.samepage.testbed.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The shared libraries of a Java runtime: what {@code ldd} says.
 *
 * @param java the runtime's directory
 */
public record SharedLibraries(Path java) {
    /** {@code libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)}, or the loader: {@code /lib64/ld-linux-x86-64.so.2 (0x...)}. */
    private static final Pattern FOUND = Pattern.compile("(?:\\S+ => )?(/\\S+) \\(0x[0-9a-f]+\\)");

    /**
     * The system's loader and libraries that the runtime needs, under the names by which the loader looks for them.
     *
     * @throws IOException if one is missing
     */
    public SortedSet<Path> fromOutside() throws IOException {
        SortedSet<Path> libraries = new TreeSet<>();
        for (Path file : programsAndLibraries()) {
            Command.Output ldd = new Command(
                            List.of("ldd", file.toString()),
                            Map.of(
                                    "LC_ALL",
                                    "C",
                                    "LD_LIBRARY_PATH",
                                    java.resolve("lib/server").toString()))
                    .run();
            if (!ldd.succeeded() || ldd.stdout().contains("not found")) {
                throw new IOException("ldd " + file + ": " + ldd.stdout() + ldd.stderr());
            }
            for (String line : ldd.stdout().lines().map(String::strip).toList()) {
                Matcher found = FOUND.matcher(line);
                if (found.matches() && !Path.of(found.group(1)).normalize().startsWith(java)) {
                    libraries.add(Path.of(found.group(1)));
                }
            }
        }
        return libraries;
    }

    private List<Path> programsAndLibraries() throws IOException {
        try (Stream<Path> files = Files.walk(java)) {
            return files.filter(file -> file.startsWith(java.resolve("bin"))
                            || file.toString().endsWith(".so")
                            || file.endsWith("jspawnhelper"))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }
}
