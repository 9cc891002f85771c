package dev.samepage.endtoend;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.State;
import dev.samepage.demo.HostDirectories;
import dev.samepage.demo.OneNode;
import dev.samepage.demo.SimulatedHost;
import dev.samepage.testbed.Onlooker;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Flux, {@code helm --wait} and Argo CD make of a KsmNode, by its status as the agent writes it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeHealthApiTest {
    private static final Path HEALTH_CHECK = Path.of("src/docs/argocd-health.lua");
    private static final String FIXED = "manifests/examples/fixed.yaml";

    @SuppressWarnings("NullAway.Init") // where they are not to be had, no test runs
    private Onlooker flux;

    @SuppressWarnings("NullAway.Init")
    private Onlooker argoCd;

    @SuppressWarnings("NullAway.Init")
    private OneNode cluster;

    @SuppressWarnings("NullAway.Init")
    private SimulatedHost host;

    @BeforeAll
    void startCluster() {
        try {
            flux = Onlooker.kstatus(System.err::println);
            argoCd = Onlooker.argoCd(HEALTH_CHECK, System.err::println);
            cluster = OneNode.start("worker-1", System.err::println);
        } catch (UnavailableException e) {
            System.err.printf("%n*** NodeHealthApiTest WAS NOT RUN: %s%n%n", e.getMessage());
            Assumptions.abort(e.getMessage());
        }
        cluster.install();
        cluster.register();
        cluster.startOperator();
    }

    @AfterAll
    void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void startHost() {
        host = SimulatedHost.start();
        cluster.mustKubectl("apply", "-f", FIXED);
        cluster.await("the node to be told", () -> cluster.ksmNode() != null);
    }

    @AfterEach
    void stopHost() throws IOException {
        var agent = cluster.startHealthyAgent(host.directories());
        cluster.await(
                "the agent to report", () -> requireNonNull(cluster.ksmNode()).getStatus() != null);
        cluster.release();
        cluster.stop(agent);
        host.close();
    }

    @Test
    void aNodeWhoseAgentHasSaidNothingYetIsInProgress() {
        assertThat(says(flux)).isEqualTo("InProgress KsmNode generation is 1, but latest observed generation is -1");
        assertThat(says(argoCd)).isEqualTo("Progressing Waiting for the first report");
    }

    @Test
    void aNodeThatIsAsItsPolicyWantsIsCurrent() {
        runAgent(host.directories(), State.APPLIED);

        assertThat(says(flux)).isEqualTo("Current Resource is Ready");
        assertThat(says(argoCd)).startsWith("Healthy ").endsWith(message());
    }

    @Test
    void aNodeWhoseAgentIsAwayWhileItsPolicyChangesIsInProgress() {
        runAgent(host.directories(), State.APPLIED);

        edit("{\"spec\":{\"fixed\":{\"pagesToScan\":500}}}");

        assertThat(says(flux)).isEqualTo("InProgress KsmNode generation is 2, but latest observed generation is 1");
        assertThat(says(argoCd)).isEqualTo("Progressing Waiting for a report on the last change");
    }

    @Test
    void aNodeWithoutKsmHasFailed(@TempDir Path empty) {
        HostDirectories real = host.directories();

        runAgent(new HostDirectories(empty.resolve("ksm"), real.proc(), real.state()), State.FAILED);

        assertThat(says(flux)).isEqualTo("Failed " + message());
        assertThat(says(argoCd)).isEqualTo("Degraded " + message());
    }

    @Test
    void aKernelThatLacksAKnobIsNoReasonToWait() throws IOException {
        Files.delete(host.directories().ksm().resolve("smart_scan"));
        edit("{\"spec\":{\"tunables\":{\"smartScan\":true}}}");

        runAgent(host.directories(), State.APPLIED);

        assertThat(says(flux)).isEqualTo("Current Resource is Ready");
        assertThat(says(argoCd)).startsWith("Healthy ").contains("smart_scan");
    }

    /** Changes the policy, which the node has been told then. */
    private void edit(String patch) {
        cluster.mustKubectl("patch", "ksmp", "fixed", "--type=merge", "-p", patch);
        cluster.await(
                "the node to be told of the change",
                () -> requireNonNull(cluster.ksmNode()).getMetadata().getGeneration() == 2);
    }

    /** Until it has reported that state of the spec as it is, and then ends, which changes nothing. */
    private void runAgent(HostDirectories directories, State state) {
        var agent = cluster.startHealthyAgent(directories);
        cluster.await("the agent to report " + state, () -> {
            KsmNode node = requireNonNull(cluster.ksmNode());
            return node.getStatus() != null
                    && node.getStatus().state() == state
                    && node.getMetadata()
                            .getGeneration()
                            .equals(node.getStatus().observedGeneration());
        });
        cluster.stop(agent);
    }

    private String message() {
        return requireNonNull(requireNonNull(cluster.ksmNode()).getStatus().message());
    }

    private String says(Onlooker onlooker) {
        return onlooker.saysOf(cluster.mustKubectl("get", "ksmn", cluster.name(), "-o", "json"));
    }
}
