package dev.samepage.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.guests.GuestMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RealCluster
class OneNodeClusterTest {
    private final OneNodeCluster cluster;
    private final GuestPod guest;

    OneNodeClusterTest(OneNodeCluster cluster) {
        this.cluster = cluster;
        guest = new GuestPod(
                cluster,
                "guest",
                GuestMemory.of(4, 1).withZero(2).withRewritten(1).options());
    }

    @BeforeEach
    void aGuest() {
        guest.create();
    }

    @AfterEach
    void noGuest() {
        guest.delete();
    }

    @Test
    void theNodeRunsThePinnedKubernetesOnThisKernel() throws IOException {
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();

        assertThat(get(
                        "node",
                        OneNodeCluster.NODE,
                        "{.status.nodeInfo.kubeletVersion} {.status.nodeInfo.kernelVersion}"))
                .isEqualTo("v1.34.4 " + release);
    }

    @Test
    void aPodHasMergeableMemory() throws IOException {
        // The kernel marks the mapping; whether it merges anything is up to whoever turns ksmd on.
        assertThat(Files.readString(Path.of("/proc", Long.toString(guest.processId()), "smaps")))
                .containsPattern("(?m)^Size: +8192 kB$")
                .containsPattern("(?m)^VmFlags:.* mg( |$)");
    }

    @Test
    void kubectlPrintsAPodsLog() {
        assertThat(cluster.kubectl("logs", "guest")).isEqualTo(new Command.Output(0, "ready\n", ""));
    }

    @Test
    void kubectlRunsACommandInAPod() {
        assertThat(cluster.kubectl("exec", "guest", "--", "/guest", "-echo", "hello"))
                .isEqualTo(new Command.Output(0, "hello\n", ""));
    }

    @Test
    void aPodGoesOnWithoutTheApiServer() {
        long before = guest.processId();

        cluster.stopApiServer();
        assertThat(cluster.kubectl("get", "nodes").stderr()).contains("refused");
        assertThat(ProcessHandle.of(before)).isPresent();
        cluster.startApiServer();

        assertThat(guest.processId()).isEqualTo(before);
        assertThat(guest.restarts()).isZero();
    }

    @Test
    void aPodGoesOnWhenTheKubeletIsRestarted() {
        long before = guest.processId();

        cluster.restartKubelet();

        assertThat(guest.processId()).isEqualTo(before);
        assertThat(guest.restarts()).isZero();
    }

    @Test
    void theAuditLogNamesTheNode() {
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(cluster.auditLog().requests())
                        .anyMatch(request -> request.user().equals("system:node:node-1")
                                && request.verb().equals("update")
                                && request.resource().equals("leases")));
    }

    @Test
    void aCommandSeesThisJvmsFilesAndTheCluster() {
        String said = cluster.command("sh", "-c", "ls pom.xml; kubectl get nodes --output=name")
                .run()
                .stdout();

        assertThat(said).isEqualTo("pom.xml\nnode/node-1\n");
    }

    private String get(String kind, String name, String path) {
        return cluster.kubectl("get", kind, name, "--output=jsonpath=" + path).stdout();
    }
}
