package dev.samepage.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.agent.ControlPlane.Knowledge;
import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNode;
import dev.samepage.api.State;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.client.Config;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the agent sees and says of its KsmNode at a real API server. */
@RealApiServer
class KsmNodeClientApiTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ApiServer server;
    private final ApiConnection connection;
    private final KsmNodeClient agent;

    @BeforeAll
    static void applyCrds(ApiServer server) {
        server.applyCrds();
    }

    KsmNodeClientApiTest(ApiServer server) {
        this.server = server;
        connection = ApiConnection.to(Config.fromKubeconfig(server.kubeconfig().toFile()));
        agent = new KsmNodeClient(connection, "worker-1", () -> {}, new Activity());
    }

    @AfterEach
    void stop() {
        agent.close();
        connection.close();
        server.client().resources(KsmNode.class).delete();
    }

    @Test
    void itsKsmNodeIsFollowedFromItsMakingToItsDeletion() {
        await().atMost(SOON).until(() -> agent.knowledge() instanceof Knowledge.Absent);

        apply("worker-1", "first");
        awaitHash("first");
        apply("worker-1", "second");
        awaitHash("second");
        server.client().resources(KsmNode.class).withName("worker-1").delete();

        await().atMost(SOON).until(() -> agent.knowledge() instanceof Knowledge.Absent);
    }

    @Test
    void thoseOfOtherNodesAreNoneOfItsBusiness() {
        apply("worker-2", "another's");
        apply("worker-1", "its own");

        awaitHash("its own");
        apply("worker-2", "another's still");
        apply("worker-1", "its own still");
        awaitHash("its own still");
    }

    @Test
    void aStatusIsWrittenAndSeen() {
        apply("worker-1", "first");
        awaitHash("first");

        agent.report(BareStatus.of(1L, State.APPLIED, "done", "first"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(agent.knowledge())
                        .isInstanceOfSatisfying(
                                Knowledge.Present.class,
                                present -> assertThat(present.status())
                                        .extracting(status -> status.message())
                                        .isEqualTo("done")));
    }

    private void apply(String name, String hash) {
        server.client()
                .resource("""
                        apiVersion: ksm.samepage.dev/v1alpha1
                        kind: KsmNode
                        metadata: {name: %s}
                        spec: {hash: "%s"}
                        """.formatted(name, hash))
                .fieldManager("samepage-operator")
                .forceConflicts()
                .serverSideApply();
    }

    private void awaitHash(String hash) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(agent.knowledge())
                        .isInstanceOfSatisfying(
                                Knowledge.Present.class,
                                present -> assertThat(present.spec().hash()).isEqualTo(hash)));
    }
}
