package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static dev.samepage.operator.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RealApiServer
class NodeReconcilerApiTest {
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped}";
    private static final String NORTH = "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped}";

    private final ApiServer server;
    private final Cluster cluster;
    private final RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    NodeReconcilerApiTest(ApiServer server) {
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
    void aPolicyTellsTheNodesThatItMatchesWhatToDo() {
        cluster.addNode("worker", Map.of("zone", "north"));
        cluster.addNode("elsewhere", Map.of("zone", "south"));

        cluster.apply(
                "a",
                "{nodeSelector: {matchLabels: {zone: north}}, mode: Fixed, fixed: {pagesToScan: 500}, onRemoval: Keep}");

        KsmNodeSpec spec = cluster.specFrom("a", "worker");
        assertThat(spec.settings()).isEqualTo(new Settings(Mode.FIXED, new Fixed(500, 20), null, null, null));
        assertThat(spec.onRemoval()).isEqualTo(OnRemoval.KEEP);
        assertThat(spec.hash()).matches("[0-9a-f]{12}");
        assertThat(cluster.ksmNode("worker").getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> {
                    assertThat(owner.getKind()).isEqualTo("Node");
                    assertThat(owner.getName()).isEqualTo("worker");
                });
        cluster.noKsmNode("elsewhere");
    }

    @Test
    void aPolicyWithoutAModeTellsItsNodesAdaptive() {
        cluster.addNode("worker", Map.of());

        cluster.apply("a", "{nodeSelector: {}}");

        assertThat(cluster.specFrom("a", "worker").settings())
                .isEqualTo(new Settings(Mode.ADAPTIVE, null, null, null, null));
    }

    @Test
    void theBoundsOfAdaptiveReachTheNode() {
        cluster.addNode("worker", Map.of());

        cluster.apply("a", "{nodeSelector: {}, adaptive: {minSavedPerCpuSecond: 1Gi, activation: MemoryPressure}}");

        assertThat(cluster.specFrom("a", "worker").settings())
                .isEqualTo(new Settings(
                        Mode.ADAPTIVE,
                        null,
                        null,
                        new Adaptive(70, "1Gi", 1800, Activation.MEMORY_PRESSURE, null),
                        null));
    }

    @Test
    void anEditReachesTheNode() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 500}}");
        String before = cluster.specFrom("a", "worker").hash();

        cluster.apply("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 501}}");

        var now = cluster.ksmNode("worker", ksmNode -> !ksmNode.getSpec().hash().equals(before));
        assertThat(now.getSpec().settings()).isEqualTo(new Settings(Mode.FIXED, new Fixed(501, 20), null, null, null));
        assertThat(now.getSpec().policy()).isEqualTo(new KsmNodeSpec.PolicyReference("a", 2L));
    }

    @Test
    void aNodeThatIsNotMatchedAnyMoreIsReleasedAndThenForgotten() {
        cluster.addNode("worker", Map.of("zone", "north"));
        cluster.apply("a", NORTH);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.label("worker", "zone", null);

        var released = cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        assertThat(released.getSpec().settings()).isNull();
        assertThat(released.getSpec().onRemoval()).isEqualTo(OnRemoval.RESTORE);
        cluster.report("worker", State.RESTORED, "");
        cluster.noKsmNode("worker");
    }

    @Test
    void aSelectorThatMatchesANodeNoMoreReleasesIt() {
        cluster.addNode("worker", Map.of("zone", "south"));
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.apply("a", NORTH);

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        cluster.report("worker", State.RESTORED, "");
        cluster.noKsmNode("worker");
    }

    @Test
    void aNodeThatIsReleasedBeforeItsFirstReportIsForgottenWithThatReport() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.deletePolicy("a");
        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);

        cluster.report("worker", State.RESTORED, "");

        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.client()
                                .resources(KsmNode.class)
                                .withName("worker")
                                .get()
                        == null);
    }

    @Test
    void aNodeThatIsReleasedAndNeverReportsIsForgottenAfterAWhile() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");

        cluster.deletePolicy("a");

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        cluster.noKsmNode("worker");
    }

    @Test
    void aNodeWhoseLabelsBeginToMatchIsTold() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", NORTH);
        cluster.policyWith("a", "Ready", "True", "NoNodes");

        cluster.label("worker", "zone", "north");

        assertThat(cluster.specFrom("a", "worker").settings())
                .isEqualTo(new Settings(Mode.STOPPED, null, null, null, null));
    }

    @Test
    void deletingThePolicyReleasesItsNodes() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.deletePolicy("a");

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
    }

    @Test
    void aStrongerPolicyTakesOverAndGivesBack() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");

        cluster.apply("b", "{nodeSelector: {}, priority: 1, mode: Observe}");
        cluster.specFrom("b", "worker");
        assertThat(condition(cluster.policyWith("a", "Ready", "True", "NoNodes"), "Ready")
                        .getMessage())
                .isEqualTo("nodeSelector matches 1 node: 1 won by another policy (b).");

        cluster.deletePolicy("b");
        cluster.specFrom("a", "worker");
    }

    @Test
    void aNodeThatKubeVirtTunesIsSkippedAndReleased() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.annotate("worker", "kubevirt.io/ksm-handler-managed", "true");

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        assertThat(cluster.policyWith("a", "Ready", "True", "NoNodes")
                        .getStatus()
                        .nodes())
                .isEqualTo(new NodeCounts(1, 0, 0, 1, 0, 0, 0, 0));
    }

    @Test
    void aNodeGoesToKubeVirtAndComesBackByKubeVirtsOwnLabel() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");

        cluster.label("worker", "kubevirt.io/ksm-enabled", "true");
        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().policy() == null);
        cluster.report("worker", State.RESTORED, "");
        cluster.noKsmNode("worker");

        cluster.label("worker", "kubevirt.io/ksm-enabled", "false");
        cluster.specFrom("a", "worker");
    }

    @Test
    void aPausedPolicyChangesNothing() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        cluster.report("worker", State.APPLIED, "");
        String version = cluster.ksmNode("worker").getMetadata().getResourceVersion();

        cluster.apply("a", "{nodeSelector: {}, mode: Observe, paused: true}");

        cluster.policyWith("a", "Ready", "False", "Paused");
        assertThat(cluster.ksmNode("worker").getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    void whatSomebodyElseWritesIntoASpecIsPutBack() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        String hash = cluster.specFrom("a", "worker").hash();

        server.kubectl("patch", "ksmn", "worker", "--type=merge", "--patch", "{\"spec\":{\"hash\":\"mine\"}}");

        cluster.ksmNode("worker", ksmNode -> ksmNode.getSpec().hash().equals(hash));
    }

    @Test
    void aKsmNodeThatIsDeletedComesBack() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");

        server.kubectl("delete", "ksmn", "worker");

        cluster.specFrom("a", "worker");
    }

    @Test
    void aNodeThatComesBackUnderItsNameOwnsItsKsmNode() {
        cluster.addNode("worker", Map.of());
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
        server.client().nodes().withName("worker").delete();

        cluster.addNode("worker", Map.of());

        String uid =
                server.client().nodes().withName("worker").get().getMetadata().getUid();
        cluster.ksmNode(
                "worker",
                ksmNode -> ksmNode.getMetadata().getOwnerReferences().stream()
                        .map(OwnerReference::getUid)
                        .toList()
                        .equals(List.of(uid)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{nodeSelector: {}, mode: KernelAdvisor, kernelAdvisor: {}, tunables: {useZeroPages: true}, unmerge: {}, rollout: {maxConcurrent: 2}}",
                "{nodeSelector: {}, adaptive: {}, tunables: {useZeroPages: true}, rollout: {maxConcurrent: 100%}}"
            })
    void whereNothingChangesNothingIsWritten(String policy) {
        cluster.addNode("n1", Map.of());
        cluster.addNode("n2", Map.of());
        cluster.apply("a", policy);
        cluster.apply("b", "{nodeSelector: {}, priority: -1, mode: Observe}");
        cluster.specFrom("a", "n1");
        cluster.specFrom("a", "n2");
        cluster.report("n1", State.APPLIED, "");
        cluster.report("n2", State.APPLIED, "");
        cluster.policyWith("a", "Ready", "True", "Applied");
        cluster.policyWith("b", "Ready", "True", "NoNodes");
        await().atMost(SOON).until(() -> cluster.daemonSets().size() == 1);
        AuditLog log = server.auditLog().fromNow();

        // Every node, policy and DaemonSet is looked at anew when an operator starts, and when one of these events
        // comes.
        operator.close();
        try (var _ = RunningOperator.start(server)) {
            cluster.annotate("n1", "kubevirt.io/heartbeat", "now");
            cluster.label("n2", "irrelevant", "yes");
            cluster.report("n1", State.APPLIED, "");

            await().during(Duration.ofSeconds(4))
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(log.requests())
                            .filteredOn(request ->
                                    request.isWrite() && request.user().equals(RunningOperator.USER))
                            .isEmpty());
        }
    }
}
