package dev.samepage.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.monitoring.Rules.Alert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class RulesTest {
    private static final Path RUNBOOKS = Path.of("src", "docs", "runbooks.md");
    private static final Path TESTS = Path.of("src/test/resources/dev/samepage/monitoring/alerts.yaml");

    private final List<Alert> alerts = Rules.read().alerts();

    @Test
    void everyAlertSaysWhatAPersonNeeds() {
        for (Alert alert : alerts) {
            assertThat(alert.name()).startsWith("Samepage");
            assertThat(alert.labels().path("severity").asText()).isIn("critical", "warning", "info");
            assertThat(alert.annotations().path("summary").asText())
                    .endsWith(".")
                    .hasSizeLessThan(120);
            assertThat(alert.annotations().path("description").asText()).endsWith(".");
        }
    }

    @Test
    void everyAlertHasASectionInTheRunbooksInTheSameOrder() throws IOException {
        assertThat(headings()).isEqualTo(alerts.stream().map(Alert::name).toList());
    }

    @Test
    void everyAlertLeadsToItsSection() {
        for (Alert alert : alerts) {
            assertThat(alert.annotations().path("runbook_url").asText())
                    .isEqualTo("src/docs/runbooks.md#" + alert.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void everyAlertIsTested() throws IOException {
        String tests = Files.readString(TESTS);

        for (Alert alert : alerts) {
            assertThat(tests).contains("- alertname: " + alert.name() + "\n");
        }
    }

    private static List<String> headings() throws IOException {
        return Files.readString(RUNBOOKS)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring("## ".length()))
                .toList();
    }
}
