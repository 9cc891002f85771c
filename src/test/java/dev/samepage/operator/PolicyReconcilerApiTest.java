package dev.samepage.operator;

import static dev.samepage.operator.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RealApiServer
class PolicyReconcilerApiTest {
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped, rollout: {maxConcurrent: 100%}}";

    private final ApiServer server;
    private final Cluster cluster;
    private final RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    PolicyReconcilerApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
        cluster.clear();
        operator = RunningOperator.start(server);
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void aTieIsAConflictOnBoth() {
        cluster.addNode("worker", Map.of());
        cluster.apply("b", STOPPED);
        cluster.apply("a", STOPPED);

        var a = cluster.policyWith("a", "Conflicted", "True", "SamePriority");
        var b = cluster.policyWith("b", "Conflicted", "True", "SamePriority");

        assertThat(condition(a, "Conflicted").getMessage()).contains(": b. The lowest name wins");
        assertThat(condition(b, "Conflicted").getMessage()).contains(": a. The lowest name wins");
        cluster.specFrom("a", "worker");
    }

    @Test
    void aPolicyIsReadyWhenItsNodesSayThatTheyAre() {
        cluster.addNode("n1", Map.of());
        cluster.addNode("n2", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "n1");
        cluster.specFrom("a", "n2");

        cluster.report("n1", State.APPLIED, "");
        cluster.policyWith("a", "Reconciling", "True", "Progressing");
        cluster.report("n2", State.FAILED, "no KSM in this kernel");
        var failed = cluster.policyWith("a", "Stalled", "True", "NodesFailed");
        cluster.report("n2", State.APPLIED, "");
        var ready = cluster.policyWith("a", "Ready", "True", "Applied");

        assertThat(failed.getStatus().examples()).containsExactly(new Example("n2", "Failed", "no KSM in this kernel"));
        assertThat(ready.getStatus().nodes()).isEqualTo(new NodeCounts(2, 2, 0, 0, 2, 0, 0, 0));
        assertThat(server.kubectl("wait", "--for=condition=Ready", "--timeout=10s", "ksmp/a")
                        .succeeded())
                .isTrue();
    }

    @Test
    void aNodeThatIsDeletedIsCountedNoMore() {
        cluster.addNode("n1", Map.of());
        cluster.addNode("n2", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "n1");
        cluster.specFrom("a", "n2");
        cluster.report("n1", State.APPLIED, "");

        server.client().nodes().withName("n2").delete();

        assertThat(cluster.policyWith("a", "Ready", "True", "Applied")
                        .getStatus()
                        .nodes())
                .isEqualTo(new NodeCounts(1, 1, 0, 0, 1, 0, 0, 0));
    }
}
