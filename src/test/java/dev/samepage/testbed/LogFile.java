package dev.samepage.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one program says.
 *
 * @param program its name
 * @param path may not exist yet
 */
public record LogFile(String program, Path path) {
    private static final int LAST = 8;

    /** All of it; empty where the program has not said anything yet. */
    public String text() {
        try {
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines of all these programs, each after its program's name, for a person to read. */
    public static String lastWords(List<LogFile> logs) {
        return logs.stream().map(LogFile::lastWords).collect(Collectors.joining());
    }

    private String lastWords() {
        List<String> lines = text().lines().toList();
        return lines.subList(Math.max(0, lines.size() - LAST), lines.size()).stream()
                .map(line -> "\n" + program + ": " + line)
                .collect(Collectors.joining());
    }
}
