package dev.samepage.operator;

import static dev.samepage.operator.Cluster.SOON;
import static dev.samepage.operator.Cluster.condition;
import static java.util.Objects.requireNonNull;
import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.Mode;
import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Twenty nodes, whose agents are played by the test. */
@RealApiServer
class RolloutApiTest {
    private static final int NODES = 20;
    private static final String THREE_AT_A_TIME =
            "{nodeSelector: {}, mode: %s, paused: %s, rollout: {maxConcurrent: 3, maxFailures: 1}}";

    private final Cluster cluster;
    private final ApiServer server;
    private RunningOperator operator;

    @BeforeAll
    static void install(ApiServer server) {
        RunningOperator.install(server);
    }

    RolloutApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
        cluster.clear();
        for (int i = 0; i < NODES; i++) {
            cluster.addNode("n" + i, Map.of());
        }
        operator = RunningOperator.start(server);
    }

    @AfterEach
    void stop() {
        operator.close();
        cluster.clear();
    }

    @Test
    void everyNodeHasItInTheEndAndNeverAreMoreThanThreeAtWork() {
        apply("Stopped");

        int mostAtWork = 0;
        while (done("Stopped").size() < NODES) {
            Set<String> atWork =
                    awaitAtWork("Stopped", Math.min(3, NODES - done("Stopped").size()));
            mostAtWork = Math.max(mostAtWork, atWork.size());
            cluster.report(atWork.iterator().next(), State.APPLIED, "");
        }

        assertThat(mostAtWork).isEqualTo(3);
        assertThat(cluster.policyWith("a", "Ready", "True", "Applied")
                        .getStatus()
                        .nodes())
                .isEqualTo(new NodeCounts(20, 20, 0, 0, 20, 0, 0, 0));
    }

    @Test
    void theStatusShowsHowFarItIs() {
        apply("Stopped");
        awaitAtWork("Stopped", 3).forEach(node -> cluster.report(node, State.APPLIED, ""));
        awaitAtWork("Stopped", 3);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                condition(cluster.policyWith("a", "Reconciling", "True", "Progressing"), "Reconciling")
                                        .getMessage())
                        .isEqualTo("3 of 20 nodes have it, 3 at a time."));
    }

    @Test
    void anEditInTheMiddleBeginsAnewWithThoseThatAreAtWork() {
        apply("Stopped");
        awaitAtWork("Stopped", 3).forEach(node -> cluster.report(node, State.APPLIED, ""));
        Set<String> atWork = awaitAtWork("Stopped", 3);

        apply("Observe");

        assertThat(awaitAtWork("Observe", 3)).isEqualTo(atWork);
        atWork.forEach(node -> cluster.report(node, State.OBSERVING, ""));
        assertThat(awaitAtWork("Observe", 3)).doesNotContainAnyElementsOf(atWork);
    }

    @Test
    void tooManyFailuresStopItUntilOneIsRepaired() {
        apply("Stopped");
        List<String> first = List.copyOf(awaitAtWork("Stopped", 3));
        cluster.report(first.get(0), State.FAILED, "no KSM in this kernel");
        awaitAtWork("Stopped", 3);
        cluster.report(first.get(1), State.FAILED, "no KSM in this kernel");

        String why = condition(cluster.policyWith("a", "Stalled", "True", "RolloutStopped"), "Stalled")
                .getMessage();
        assertThat(why)
                .contains("because 2 of 20 failed and rollout.maxFailures (1) tolerates 1")
                .contains(first.get(0) + ": no KSM in this kernel");
        Set<String> told = told("Stopped");
        cluster.report(first.get(2), State.APPLIED, "");
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> told("Stopped").equals(told));

        cluster.report(first.get(0), State.APPLIED, "");

        cluster.policyWith("a", "Reconciling", "True", "Progressing");
        awaitAtWork("Stopped", 3);
    }

    @Test
    void anEditStartsAgainWhatFailuresHaveStopped() {
        apply("Stopped");
        awaitAtWork("Stopped", 3).forEach(node -> cluster.report(node, State.FAILED, "no KSM in this kernel"));
        cluster.policyWith("a", "Stalled", "True", "RolloutStopped");

        apply("Observe");

        awaitAtWork("Observe", 3);
        cluster.policyWith("a", "Reconciling", "True", "Progressing");
    }

    @Test
    void whilePausedNobodyIsToldAndAfterwardsItGoesOn() {
        apply("Stopped");
        Set<String> told = awaitAtWork("Stopped", 3);
        cluster.apply("a", THREE_AT_A_TIME.formatted("Stopped", true));
        cluster.policyWith("a", "Ready", "False", "Paused");
        told.forEach(node -> cluster.report(node, State.APPLIED, ""));
        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> told("Stopped").equals(told));

        apply("Stopped");

        awaitAtWork("Stopped", 3);
    }

    @Test
    void anOperatorThatStartsInTheMiddleGoesOnWhereTheLastOneWas() {
        apply("Stopped");
        List<String> atWork = List.copyOf(awaitAtWork("Stopped", 3));
        operator.close();
        cluster.report(atWork.getFirst(), State.APPLIED, "");

        operator = RunningOperator.start(server);

        assertThat(awaitAtWork("Stopped", 3)).containsAll(atWork.subList(1, 3));
        while (done("Stopped").size() < NODES) {
            awaitAtWork("Stopped", Math.min(3, NODES - done("Stopped").size()))
                    .forEach(node -> cluster.report(node, State.APPLIED, ""));
        }
        cluster.policyWith("a", "Ready", "True", "Applied");
    }

    @Test
    void aNodeThatIsDeletedMakesRoomForAnother() {
        apply("Stopped");
        String gone = awaitAtWork("Stopped", 3).iterator().next();

        cluster.client().nodes().withName(gone).delete();
        await().atMost(SOON)
                .until(() -> requireNonNull(cluster.policyWith("a", "Ready", "False", "Progressing")
                                        .getStatus()
                                        .nodes())
                                .matched()
                        == NODES - 1);
        // As the garbage collector does, which does not run here.
        cluster.client().resources(KsmNode.class).withName(gone).delete();

        assertThat(awaitAtWork("Stopped", 3)).doesNotContain(gone);
    }

    @Test
    void aKsmNodeThatIsDeletedWhilePausedIsPutBackAsItWas() {
        apply("Stopped");
        String node = awaitAtWork("Stopped", 3).iterator().next();
        cluster.report(node, State.APPLIED, "");
        cluster.apply("a", THREE_AT_A_TIME.formatted("Observe", true));
        cluster.policyWith("a", "Ready", "False", "Paused");
        KsmNode before = cluster.ksmNode(node);

        cluster.client().resources(KsmNode.class).withName(node).delete();

        KsmNode back = cluster.ksmNode(
                node,
                ksmNode -> !ksmNode.getMetadata()
                        .getUid()
                        .equals(before.getMetadata().getUid()));
        assertThat(back.getSpec()).isEqualTo(before.getSpec());
    }

    @Test
    void nodesThatAreLostAfterTheyWereToldStopIt() {
        apply("Stopped");
        List<String> first = List.copyOf(awaitAtWork("Stopped", 3));

        lose(first.get(0));
        lose(first.get(1));

        assertThat(condition(cluster.policyWith("a", "Stalled", "True", "RolloutStopped"), "Stalled")
                        .getMessage())
                .contains("because 2 of 20 failed and rollout.maxFailures (1) tolerates 1")
                .contains(first.get(0) + ": it was told, and cannot be reached since");
    }

    private void lose(String node) {
        cluster.client()
                .nodes()
                .withName(node)
                .editStatus(before -> new NodeBuilder(before)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("Unknown")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    @Test
    void nodesThatAreReleasedDoNotWaitForEachOther() {
        cluster.apply("a", "{nodeSelector: {}, mode: Stopped, rollout: {maxConcurrent: 100%}}");
        awaitAtWork("Stopped", NODES).forEach(node -> cluster.report(node, State.APPLIED, ""));

        cluster.deletePolicy("a");

        await().atMost(SOON)
                .until(() -> ksmNodes().size() == NODES
                        && ksmNodes().stream()
                                .allMatch(ksmNode -> ksmNode.getSpec().policy() == null));
    }

    private void apply(String mode) {
        cluster.apply("a", THREE_AT_A_TIME.formatted(mode, false));
    }

    /** The nodes at work, once there are as many; more there are never. */
    private Set<String> awaitAtWork(String mode, int count) {
        return await("%d at work on %s".formatted(count, mode)).atMost(SOON).until(() -> atWork(mode), atWork -> {
            assertThat(atWork).hasSizeLessThanOrEqualTo(count);
            return atWork.size() == count;
        });
    }

    private Set<String> atWork(String mode) {
        Set<String> atWork = new TreeSet<>(told(mode));
        atWork.removeAll(answered());
        return atWork;
    }

    private Set<String> told(String mode) {
        return names(ksmNodes().stream()
                .filter(ksmNode -> requireNonNull(ksmNode.getSpec().settings()).mode() == mode(mode))
                .toList());
    }

    private Set<String> done(String mode) {
        Set<String> done = new HashSet<>(told(mode));
        done.retainAll(answered());
        return done;
    }

    private Set<String> answered() {
        return names(ksmNodes().stream()
                .filter(ksmNode -> ksmNode.getStatus() != null
                        && ksmNode.getSpec().hash().equals(ksmNode.getStatus().hash()))
                .toList());
    }

    private List<KsmNode> ksmNodes() {
        return cluster.client().resources(KsmNode.class).list().getItems().stream()
                .filter(not(KsmNode::isMarkedForDeletion))
                .toList();
    }

    private static Mode mode(String name) {
        return Mode.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static Set<String> names(List<KsmNode> ksmNodes) {
        return ksmNodes.stream()
                .map(ksmNode -> ksmNode.getMetadata().getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
