package dev.samepage.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The rules of {@code manifests/monitoring}. */
public record Rules(JsonNode spec) {
    private static final Path FILE = Path.of("manifests", "monitoring", "prometheusrule.yaml");
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern ABSENT = Pattern.compile("absent\\((.*)\\)");
    /** Of values, not of labels: those have no blanks around. */
    private static final Pattern COMPARISON = Pattern.compile(" (==|!=|<=|>=|<|>) ");

    /** One alert. */
    public record Alert(String name, String expression, JsonNode labels, JsonNode annotations) {}

    /** Reads them. */
    public static Rules read() {
        try {
            return new Rules(YAML.readTree(FILE.toFile()).path("spec"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a rules file of Prometheus, which the object's spec is. */
    public String file() {
        try {
            return YAML.writeValueAsString(spec);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The alerts in their order. */
    public List<Alert> alerts() {
        List<Alert> alerts = new ArrayList<>();
        for (JsonNode group : spec.path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                if (rule.has("alert")) {
                    alerts.add(new Alert(
                            rule.path("alert").asText(),
                            rule.path("expr").asText(),
                            rule.path("labels"),
                            rule.path("annotations")));
                }
            }
        }
        return alerts;
    }

    /**
     * What all rules look at: each expression with its comparisons as figures (0 or 1) instead of filters, so that it has an answer, whatever
     * that is, exactly where the data is there.
     */
    public List<String> expressions() {
        List<String> expressions = new ArrayList<>();
        for (JsonNode group : spec.path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                String whole = ABSENT.matcher(rule.path("expr").asText()).replaceAll("$1");
                expressions.add(COMPARISON.matcher(whole).replaceAll(" $1 bool "));
            }
        }
        return expressions;
    }
}
