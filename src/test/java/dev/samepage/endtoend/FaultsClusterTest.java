package dev.samepage.endtoend;

import static dev.samepage.endtoend.Administrator.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.RealKsm;
import dev.samepage.testbed.cluster.OneNodeCluster;
import dev.samepage.testbed.cluster.RealCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * While a policy is in force, parts of the cluster fail. Nothing on the node changes for that, not even to the same value and back, neither
 * while a part is gone nor when it is there again; and what somebody wants afterwards is done.
 */
@RealCluster
@RealKsm(RealKsm.Span.CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsClusterTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final String IN_SAMEPAGE = "kubectl --namespace samepage-system ";

    /** Long enough for several rounds of an agent, and for an operator that has just begun to say what it wants. */
    private static final Duration CALM = Duration.ofSeconds(5);

    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final OneNodeCluster cluster;
    private final Administrator administrator;

    FaultsClusterTest(OneNodeCluster cluster) {
        this.cluster = cluster;
        administrator = new Administrator(cluster);
    }

    @BeforeAll
    void install() {
        administrator.loadImage();
        Way.KUSTOMIZE.install(administrator);
        administrator.type("kubectl label node " + OneNodeCluster.NODE + " kubevirt.io/schedulable=true --overwrite");
        administrator.type("kubectl apply -f manifests/examples/fixed.yaml");
        untilReady();
    }

    @AfterAll
    void uninstall() {
        Way.KUSTOMIZE.uninstall(administrator);
    }

    @Test
    void anAgentThatIsKilled() throws Exception {
        theNodeStaysAsItIsWhen(() -> {
            long agent = agent();
            ProcessHandle.of(agent).orElseThrow().destroyForcibly();
            await("another agent", () -> assertThat(agent()).isNotEqualTo(agent));
        });
    }

    @Test
    void anAgentsPodThatIsDeleted() throws Exception {
        theNodeStaysAsItIsWhen(() -> {
            administrator.type(IN_SAMEPAGE + "delete pod --selector=app.kubernetes.io/name=samepage-agent");
            administrator.type(IN_SAMEPAGE + "rollout status daemonset/samepage-agent --timeout=3m");
        });
    }

    @Test
    void aNodeThatIsDrained() throws Exception {
        theNodeStaysAsItIsWhen(() -> {
            administrator.type("kubectl drain " + OneNodeCluster.NODE
                    + " --ignore-daemonsets --delete-emptydir-data --timeout=3m");
            administrator.type("kubectl uncordon " + OneNodeCluster.NODE);
            administrator.type(IN_SAMEPAGE + "rollout status deployment/samepage-operator --timeout=3m");
        });
    }

    @Test
    void aKubeletThatIsRestarted() throws Exception {
        theNodeStaysAsItIsWhen(cluster::restartKubelet);
    }

    @Test
    void anApiServerThatIsGoneForAMinute() throws Exception {
        theNodeStaysAsItIsWhen(() -> {
            cluster.stopApiServer();
            Thread.sleep(A_MINUTE);
            cluster.startApiServer();
        });
    }

    @Test
    void anOperatorThatIsGoneForAMinute() throws Exception {
        theNodeStaysAsItIsWhen(() -> {
            administrator.type(IN_SAMEPAGE + "scale deployment/samepage-operator --replicas=0");
            Thread.sleep(A_MINUTE);
            administrator.type(IN_SAMEPAGE + "scale deployment/samepage-operator --replicas=1");
        });
    }

    /** Whatever {@code fault} does is over when it returns; afterwards a change of the policy is carried out. */
    private void theNodeStaysAsItIsWhen(Fault fault) throws Exception {
        long pagesToScan = requireNonNull(ksm.read().get(Knob.PAGES_TO_SCAN)) + 1;
        try (KnobWatch watch = new KnobWatch()) {
            fault.happens();
            administrator.type(IN_SAMEPAGE + "rollout status deployment/samepage-operator --timeout=3m");
            administrator.type(IN_SAMEPAGE + "rollout status daemonset/samepage-agent --timeout=3m");
            untilReady();
            Thread.sleep(CALM);
            assertThat(watch.written()).as("knobs written meanwhile").isEmpty();

            administrator.type("kubectl patch ksmp fixed --type=merge --patch={\"spec\":{\"fixed\":{\"pagesToScan\":"
                    + pagesToScan + "}}}");
            await(
                    "the node to be as the policy now says",
                    () -> assertThat(ksm.read()).containsEntry(Knob.PAGES_TO_SCAN, pagesToScan));
            untilReady();
            assertThat(watch.written()).as("knobs written for the new policy").containsOnly("pages_to_scan");
        }
    }

    @FunctionalInterface
    private interface Fault {
        void happens() throws Exception;
    }

    private void untilReady() {
        administrator.type("kubectl wait --for=condition=Ready --timeout=3m ksmp/fixed");
    }

    private long agent() {
        return new Leftovers(administrator).agent();
    }
}
