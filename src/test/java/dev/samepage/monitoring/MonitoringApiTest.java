package dev.samepage.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.demo.OneNode;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.demo.SimulatedHost;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.Prometheus;
import dev.samepage.testbed.Prometheus.Target;
import dev.samepage.testbed.PrometheusPrograms;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Agent and operator as they are packaged, scraped by a real Prometheus while a policy merges the memory of a simulated node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // where something is missing, no test runs
class MonitoringApiTest {
    private static final String NODE = "simulated";
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final Rules rules = Rules.read();
    private PrometheusPrograms programs;
    private SimulatedHost host;
    private OneNode cluster;
    private SamepageProcess operator;
    private SamepageProcess agent;
    private Prometheus prometheus;

    @BeforeAll
    void start() throws IOException {
        try {
            programs = PrometheusPrograms.find();
            cluster = OneNode.start(NODE, System.err::println);
            host = SimulatedHost.start();
            host.startGuests(3);
            cluster.install();
            cluster.register();
            operator = cluster.startOperator();
            agent = cluster.startHealthyAgent(host.directories(), "--report-every", "1s");
            cluster.mustKubectl("apply", "-f", "manifests/examples/fixed.yaml");
            cluster.mustKubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksmp/fixed");
            cluster.await(
                    "ksmd's CPU to be in the policy's status",
                    () -> !cluster.mustKubectl("get", "ksmp", "fixed", "-o", "jsonpath={.status.ksmd.cpuPercent}")
                            .isEmpty());
            prometheus = Prometheus.start(
                    List.of(
                            new Target("samepage-agent", "127.0.0.1:" + agent.port(), "/metrics", Map.of("node", NODE)),
                            new Target(
                                    "samepage-operator",
                                    "127.0.0.1:" + operator.port(),
                                    "/q/metrics",
                                    Map.of("namespace", "samepage-system", "pod", "samepage-operator-0"))),
                    rules.file(),
                    List.of());
        } catch (UnavailableException e) {
            System.err.printf("%n*** MonitoringApiTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
    }

    @AfterAll
    void stop() throws IOException {
        if (prometheus != null) {
            prometheus.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @Test
    void everyQueryOfTheDashboardHasAnAnswer() {
        assertThat(withoutAnswer(Dashboard.read().expressions())).isEmpty();
    }

    @Test
    void whateverARuleLooksAtIsThere() {
        assertThat(withoutAnswer(rules.expressions())).isEmpty();
    }

    private List<String> withoutAnswer(List<String> expressions) {
        return expressions.stream()
                .filter(expression -> prometheus.query(expression).isEmpty())
                .toList();
    }

    @Test
    void noAlertFiresWhereAllIsWell() {
        assertThat(prometheus.query("ALERTS{alertstate=\"firing\"}")).isEmpty();
    }

    @Test
    void whatPrometheusHasIsWhatTheApiServerHas() {
        cluster.await(
                "a report of the policy in Prometheus",
                () -> prometheus.query("samepage_policy_nodes{policy=\"fixed\", status=\"applied\"} == 1").stream()
                        .anyMatch(series -> series.value() == 1));

        assertThat(prometheus.query("samepage_node_setting{setting=\"pages_to_scan\"}"))
                .singleElement()
                .satisfies(series -> assertThat(series.value()).isEqualTo(1000));
    }

    @Test
    void theRulesAreValid() throws IOException {
        Path file = Files.writeString(directory.resolve("checked.yaml"), rules.file());

        assertSucceeds(programs.promtool("", "check", "rules", "--lint-fatal", file.toString()));
    }

    @Test
    void everyAlertComesWhenItIsDue() throws IOException {
        Files.writeString(directory.resolve("rules.yaml"), rules.file());
        Path tests = Files.copy(
                Path.of("src/test/resources/dev/samepage/monitoring/alerts.yaml"), directory.resolve("alerts.yaml"));

        assertSucceeds(programs.promtool("", "test", "rules", tests.toString()));
    }

    @Test
    void promtoolHasNothingToSayOnTheAgentsMetrics() {
        assertSucceeds(programs.promtool(get(agent, "/metrics"), "check", "metrics"));
    }

    @Test
    void promtoolHasNothingToSayOnTheOperatorsOwnMetrics() {
        assertSucceeds(programs.promtool(samepages(get(operator, "/q/metrics")), "check", "metrics"));
    }

    /** Micrometer's and the SDK's metrics have names that promtool does not like. */
    private static String samepages(String exposition) {
        return exposition
                .lines()
                .filter(line -> line.matches("(# (HELP|TYPE) )?samepage_.*"))
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    @Test
    void theAgentExposesWhatIsDocumented() {
        assertThat(MetricsDocument.metricsIn(get(agent, "/metrics"), "(samepage|process)_"))
                .isEqualTo(MetricsDocument.read().metricsOf("The agent, of its node"));
    }

    @Test
    void theOperatorExposesWhatIsDocumented() {
        assertThat(MetricsDocument.metricsIn(get(operator, "/q/metrics"), "samepage_"))
                .isEqualTo(MetricsDocument.read().metricsOf("The operator, of policies and itself"));
    }

    @Test
    void theSeriesOfAPolicyEndWithIt() {
        cluster.mustKubectl("apply", "-f", "manifests/examples/observe.yaml");
        cluster.await("the policy's series", () -> get(operator, "/q/metrics").contains("policy=\"observe\""));

        cluster.mustKubectl("delete", "-f", "manifests/examples/observe.yaml");

        cluster.await("their end", () -> !get(operator, "/q/metrics").contains("policy=\"observe\""));
    }

    private static void assertSucceeds(Command.Output output) {
        assertThat(output.succeeded()).as(output.stdout() + output.stderr()).isTrue();
        assertThat(output.stderr()).isEmpty();
    }

    private static String get(SamepageProcess process, String path) {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + process.port() + path))
                                    .header("Accept", "text/plain")
                                    .timeout(LONGEST_ANSWER)
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
