package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.RealApiServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RealApiServer
class EventsApiTest {
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped}";

    private final ApiServer server;
    private final Cluster cluster;
    private final RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    EventsApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
        cluster.clear();
        server.client().v1().events().inNamespace("default").delete();
        operator = RunningOperator.start(server);
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void kubectlDescribeShowsWhatBecameOfAPolicyAndOfItsNode() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.FAILED, "run=0 refused: EACCES");
        cluster.policyWith("a", "Stalled", "True", "NodesFailed");
        cluster.report("worker", State.APPLIED, "1 knob is as the policy wants");
        cluster.policyWith("a", "Ready", "True", "Applied");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(described("ksmpolicy", "a"))
                        .containsExactlyInAnyOrder(
                                "Warning Stalled NodesFailed: 1 of 1 node failed; the first: worker: run=0 refused: EACCES",
                                "Normal NotStalled No node failed.",
                                "Normal Ready 1 of 1 node as the policy wants."));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(described("node", "worker"))
                        .containsExactlyInAnyOrder(
                                "Warning KsmFailed KsmPolicy a: run=0 refused: EACCES",
                                "Normal KsmApplied KsmPolicy a: 1 knob is as the policy wants"));
    }

    @Test
    void aNodeThatIsMarkedAsAnothersIsSaidToBeSkipped() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.annotate("worker", "ksm.samepage.dev/managed-by-another", "true");

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        assertThat(Cluster.condition(cluster.policyWith("a", "Ready", "True", "NoNodes"), "Ready")
                        .getMessage())
                .isEqualTo(
                        "nodeSelector matches 1 node: 1 skipped: another program tunes them (marked ksm.samepage.dev/managed-by-another).");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(described("node", "worker"))
                        .contains("Normal KsmSkipped KsmPolicy a: this node is skipped:"
                                + " another program tunes it (marked ksm.samepage.dev/managed-by-another)."));
    }

    @Test
    void anOperatorThatStartsAnewRepeatsNothing() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");
        cluster.policyWith("a", "Ready", "True", "Applied");
        await().atMost(SOON).until(() -> described("node", "worker").size() == 1);
        operator.close();
        AuditLog log = server.auditLog().fromNow();

        try (var _ = RunningOperator.start(server)) {
            cluster.addNode("another", Map.of());
            cluster.specFrom("a", "another");

            await().during(Duration.ofSeconds(2))
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(described("node", "worker")).hasSize(1));
        }
        assertThat(log.requests())
                .filteredOn(request ->
                        request.resource().equals("events") && request.user().equals(RunningOperator.USER))
                .allMatch(request ->
                        request.verb().equals("create") && request.namespace().equals("default"));
    }

    /** What the last section of {@code kubectl describe} says, without the age. */
    private List<String> described(String kind, String name) {
        return server.kubectl("describe", kind, name)
                .stdout()
                .lines()
                .dropWhile(line -> !line.startsWith("Events:"))
                .skip(3)
                .map(line -> line.strip().split(" {2,}", 5))
                .filter(columns -> columns.length == 5 && columns[3].equals("samepage-operator"))
                .map(columns -> "%s %s %s".formatted(columns[0], columns[1], columns[4]))
                .toList();
    }
}
