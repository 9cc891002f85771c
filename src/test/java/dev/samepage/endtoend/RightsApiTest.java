package dev.samepage.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.demo.OneNode;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.demo.SimulatedHost;
import dev.samepage.testbed.AuditLog.Request;
import dev.samepage.testbed.Rights;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operator and agent live a whole life, each as its service account, and the API server has written down what they asked for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RightsApiTest {
    private static final String NAMESPACE = "samepage-system";

    @SuppressWarnings("NullAway.Init") // where it cannot be started, no test runs
    private OneNode cluster;

    @SuppressWarnings("NullAway.Init")
    private SimulatedHost host;

    @BeforeAll
    void liveAWholeLife() {
        try {
            cluster = OneNode.start("worker-1", System.err::println);
        } catch (UnavailableException e) {
            System.err.printf("%n*** RightsApiTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        host = SimulatedHost.start();
        cluster.install();
        cluster.register();
        var operator = cluster.startOperator(Map.of("SAMEPAGE_AGENT_LINGER", "1s"));
        var agent = startAgent();
        cluster.mustKubectl("apply", "-f", "manifests/examples/fixed.yaml");
        cluster.mustKubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksmp/fixed");
        changeTheSpec();
        cluster.stop(agent);
        agent = startAgent();
        deleteTheKsmNode();
        changeTheDaemonSet();
        cluster.release();
        cluster.await("the agent's DaemonSet to be deleted", () -> daemonSet().isEmpty());
        cluster.stop(agent);
        cluster.stop(operator);
    }

    @AfterAll
    void end() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        if (host != null) {
            host.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"samepage-operator", "samepage-agent"})
    void everyRightIsNeeded(String serviceAccount) {
        assertThat(rights(serviceAccount).granted()).isNotEmpty();
        assertThat(rights(serviceAccount).unusedBy(requests())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"samepage-operator", "samepage-agent"})
    void nothingIsAskedForThatIsNotAllowed(String serviceAccount) {
        assertThat(rights(serviceAccount).refusedAmong(requests())).isEmpty();
    }

    @Test
    void theApiServerKnowsWhoAsked() {
        assertThat(requests())
                .extracting(Request::user)
                .contains(
                        "system:serviceaccount:samepage-system:samepage-operator",
                        "system:serviceaccount:samepage-system:samepage-agent");
    }

    private Rights rights(String serviceAccount) {
        return Rights.in(cluster.client(), NAMESPACE, serviceAccount);
    }

    private List<Request> requests() {
        return cluster.auditLog().requests();
    }

    private SamepageProcess startAgent() {
        return cluster.startHealthyAgent(host.directories(), "--report-every", "1s");
    }

    private void changeTheSpec() {
        cluster.mustKubectl(
                "patch", "ksmp", "fixed", "--type=merge", "-p", "{\"spec\":{\"fixed\":{\"pagesToScan\":500}}}");
        cluster.await(
                "the changed policy to be applied",
                () -> is(node -> "500".equals(node.getStatus().settings().get("pages_to_scan"))));
    }

    private void deleteTheKsmNode() {
        String uid = requireNonNull(cluster.ksmNode()).getMetadata().getUid();
        cluster.mustKubectl("delete", "ksmn", cluster.name());
        cluster.await(
                "the KsmNode to come back",
                () -> is(node -> !node.getMetadata().getUid().equals(uid)));
    }

    private void changeTheDaemonSet() {
        cluster.mustKubectl("-n", NAMESPACE, "set", "image", "daemonset/samepage-agent", "agent=elsewhere:latest");
        cluster.await("the agent's DaemonSet to be put back", () -> !daemonSet().contains("elsewhere"));
    }

    private boolean is(Predicate<KsmNode> looks) {
        KsmNode node = cluster.ksmNode();
        return node != null && node.getStatus() != null && looks.test(node);
    }

    private String daemonSet() {
        return cluster.mustKubectl("-n", NAMESPACE, "get", "daemonsets", "-o", "jsonpath={.items[*].spec}");
    }
}
