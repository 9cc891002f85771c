package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealApiServer
class LeaderElectionApiTest {
    /** The lease of an operator that was killed has to run out first, after 15 s. */
    private static final Duration A_WHILE = Duration.ofMinutes(1);

    private static final String LEADS = "This operator is the leader";
    private static final String STOPPED = "{nodeSelector: {}, mode: Stopped}";

    private final ApiServer server;
    private final Cluster cluster;

    @TempDir
    Path directory;

    private OperatorProcess first;
    private OperatorProcess second;

    LeaderElectionApiTest(ApiServer server) {
        this.server = server;
        cluster = new Cluster(server.client());
    }

    @BeforeEach
    void startTwo() throws IOException {
        RunningOperator.install(server);
        assertThat(server.kubectl("apply", "--server-side", "--filename=manifests/ha/rbac.yaml")
                        .succeeded())
                .isTrue();
        cluster.clear();
        server.client().leases().inNamespace(RunningOperator.NAMESPACE).delete();
        cluster.addNode("worker", Map.of());
        first = start("first");
        await().atMost(A_WHILE).until(() -> first.hasSaid(LEADS));
        second = start("second");
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        cluster.clear();
    }

    @Test
    void theOtherIsReadyAndTakesOverOnceTheLeaderIsKilled() throws Exception {
        assertThat(second.get("/q/health/ready")).contains("\"status\": \"UP\"");
        assertThat(second.hasSaid(LEADS)).isFalse();

        first.close();
        assertThat(holder()).startsWith("first_");
        await().atMost(A_WHILE).until(() -> second.hasSaid(LEADS));

        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
    }

    @Test
    void aLeaderThatIsAskedToEndGivesTheLeaseBack() throws Exception {
        first.process().destroy();

        assertThat(first.process().waitFor()).isIn(0, 143);
        assertThat(holder()).doesNotStartWith("first_");
        assertThat(first.lines()).noneMatch(line -> line.contains("ERROR"));
        await().atMost(A_WHILE).until(() -> second.hasSaid(LEADS));
        cluster.apply("a", STOPPED);
        cluster.specFrom("a", "worker");
    }

    @Test
    void aLeaderThatLosesTheLeaseEndsAtOnce() throws Exception {
        server.client()
                .leases()
                .inNamespace(RunningOperator.NAMESPACE)
                .withName("samepage-operator")
                .edit(lease -> {
                    lease.getSpec().setHolderIdentity("somebody else");
                    return lease;
                });

        assertThat(first.process().waitFor()).isEqualTo(1);
        assertThat(first.hasSaid("Lost the lease; stopping at once")).isTrue();
    }

    private OperatorProcess start(String name) throws IOException {
        return OperatorProcess.start(server, directory, Map.of("SAMEPAGE_LEADER_ELECTION", "true", "HOSTNAME", name));
    }

    private String holder() {
        Lease lease = server.client()
                .leases()
                .inNamespace(RunningOperator.NAMESPACE)
                .withName("samepage-operator")
                .get();
        String holder = lease.getSpec().getHolderIdentity();
        return holder == null ? "" : holder;
    }
}
