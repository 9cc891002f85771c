package dev.samepage.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Grafana expects of a dashboard, as far as it can be told without Grafana. */
class DashboardTest {
    private static final int COLUMNS = 24;

    private final Dashboard dashboard = Dashboard.read();

    @Test
    void isOfASchemaThatGrafana10Reads() {
        assertThat(dashboard.json().path("schemaVersion").asInt()).isEqualTo(39);
        assertThat(dashboard.json().path("uid").asText()).matches("[a-zA-Z0-9_-]{1,40}");
        assertThat(dashboard.json().path("title").asText()).isEqualTo("Samepage");
    }

    /** Grafana gives an id to what it imports. */
    @Test
    void hasNoIdOfItsOwn() {
        assertThat(dashboard.json().path("id").isNull()).isTrue();
    }

    @Test
    void everyPanelHasItsOwnId() {
        assertThat(dashboard.panels())
                .map(panel -> panel.path("id").asInt())
                .allMatch(id -> id > 0)
                .doesNotHaveDuplicates();
    }

    @Test
    void noPanelLiesOverAnother() {
        Set<String> taken = new HashSet<>();
        for (JsonNode panel : dashboard.panels()) {
            JsonNode at = panel.path("gridPos");
            assertThat(at.path("x").asInt() + at.path("w").asInt())
                    .as(panel.path("title").asText())
                    .isBetween(1, COLUMNS);
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    assertThat(taken.add(x + "," + y))
                            .as("%s at %d, %d", panel.path("title").asText(), x, y)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void everyPanelAndQueryAsksTheDataSourceThatIsChosen() {
        for (JsonNode panel : dashboard.panels()) {
            if (panel.path("type").asText().equals("row")) {
                continue;
            }
            assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.path("targets")).isNotEmpty();
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            }
        }
    }

    @Test
    void theQueriesOfAPanelAreToldApart() {
        for (JsonNode panel : dashboard.panels()) {
            assertThat(Dashboard.stream(panel.path("targets"))
                            .map(target -> target.path("refId").asText())
                            .toList())
                    .as(panel.path("title").asText())
                    .doesNotContain("")
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void everyPanelHasATitleADescriptionAndAUnit() {
        for (JsonNode panel : dashboard.panels()) {
            assertThat(panel.path("title").asText()).isNotEmpty();
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("description").asText())
                        .as(panel.path("title").asText())
                        .isNotEmpty();
                assertThat(panel.path("fieldConfig")
                                .path("defaults")
                                .path("unit")
                                .asText())
                        .as(panel.path("title").asText())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void letsOneChooseDataSourcePoliciesAndNodes() {
        assertThat(dashboard.json().path("templating").path("list"))
                .map(variable -> variable.path("name").asText())
                .containsExactly("datasource", "policy", "node");
    }

    @Test
    void everyVariableInAQueryIsOneThatThereIs() {
        List<String> known = List.of("policy", "node", "__rate_interval", "__range");

        for (String query : dashboard.queries()) {
            assertThat(Pattern.compile("\\$\\{?(\\w+)").matcher(query).results())
                    .as(query)
                    .allMatch(variable -> known.contains(variable.group(1)));
        }
    }
}
