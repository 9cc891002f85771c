package dev.samepage.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Grafana dashboard of {@code manifests/monitoring}. */
public record Dashboard(JsonNode json) {
    private static final Path FILE = Path.of("manifests", "monitoring", "dashboard.json");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*), *\\w+\\)");

    /** Reads it. */
    public static Dashboard read() {
        try {
            return new Dashboard(new ObjectMapper().readTree(FILE.toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All panels, rows as well. */
    public List<JsonNode> panels() {
        List<JsonNode> panels = new ArrayList<>();
        json.path("panels").forEach(panel -> {
            panels.add(panel);
            panel.path("panels").forEach(panels::add);
        });
        return panels;
    }

    /** The queries of all panels as they are written. */
    public List<String> queries() {
        return panels().stream()
                .flatMap(panel -> stream(panel.path("targets")))
                .map(target -> target.path("expr").asText())
                .toList();
    }

    /** What Grafana asks Prometheus where everything is chosen: the queries of all panels and variables. */
    public List<String> expressions() {
        Stream<String> variables = stream(json.path("templating").path("list"))
                .map(variable -> variable.path("query").path("query").asText())
                .flatMap(query -> LABEL_VALUES.matcher(query).results())
                .map((MatchResult call) -> call.group(1));
        return Stream.concat(queries().stream(), variables)
                .map(Dashboard::withoutVariables)
                .distinct()
                .toList();
    }

    private static String withoutVariables(String query) {
        return query.replace("$__rate_interval", "1m")
                .replace("$__range", "1h")
                .replaceAll("\\$(policy|node)\\b", ".*");
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return array.valueStream();
    }
}
