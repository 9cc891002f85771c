package dev.samepage.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables of {@code src/docs/metrics.md}. */
record MetricsDocument(String text) {
    private static final Path FILE = Path.of("src", "docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([a-z_]+)(?:\\{[^}]*})?` \\| (counter|gauge) \\|", Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("^# TYPE ([a-z_]+) ([a-z]+)$", Pattern.MULTILINE);

    static MetricsDocument read() {
        try {
            return new MetricsDocument(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The metrics of the section with this heading, each with its type. */
    Map<String, String> metricsOf(String heading) {
        String rest = text.substring(text.indexOf("\n## " + heading + "\n") + 1);
        int end = rest.indexOf("\n## ", 1);
        return types(ROW, end < 0 ? rest : rest.substring(0, end));
    }

    /** The metrics that a process exposes, each with its type; only those whose name begins with {@code prefix}, a pattern. */
    static Map<String, String> metricsIn(String exposition, String prefix) {
        Map<String, String> types = types(TYPE, exposition);
        types.keySet().removeIf(name -> !name.matches(prefix + ".*"));
        return types;
    }

    private static Map<String, String> types(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .collect(Collectors.toMap(
                        (MatchResult row) -> row.group(1), row -> row.group(2), (one, other) -> one, TreeMap::new));
    }
}
