package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code manifests/} on a real API server. */
@RealApiServer
class ManifestsApiTest {
    private static final String GUARDED = "guarded";

    private final ApiServer server;

    ManifestsApiTest(ApiServer server) {
        this.server = server;
    }

    @BeforeEach
    void install() {
        Kustomization.install(server);
    }

    @AfterEach
    void noGuardedNamespace() {
        // There is no controller that would end it; its name is not used again for anything else.
        server.client().namespaces().withName(GUARDED).edit(namespace -> guarded("privileged"));
    }

    @Test
    void areTakenAsTheyStand() {
        for (var manifests : new Kustomization[] {Kustomization.with(), Kustomization.with("hardened", "ha")}) {
            assertThat(server.kubectl(
                            "apply",
                            "--server-side",
                            "--force-conflicts",
                            "--dry-run=server",
                            "--validate=strict",
                            "-k",
                            manifests.directory()))
                    .returns(0, Command.Output::exitCode)
                    .returns("", Command.Output::stderr);
        }
    }

    @Test
    void appliedAgainByTheClientTheyAreUnchanged() {
        server.kubectl("apply", "-k", "manifests");

        assertThat(server.kubectl("apply", "-k", "manifests").stdout().lines())
                .hasSize(19)
                .allMatch(line -> line.endsWith(" unchanged"));
    }

    @Test
    void appliedAgainTheyChangeNothing() {
        install();

        assertThat(server.kubectl("diff", "--server-side", "--force-conflicts", "-k", "manifests"))
                .isEqualTo(new Command.Output(0, "", ""));
    }

    @Test
    void theOperatorMeetsTheStrictestPodSecurity() throws IOException {
        assertThat(admitted("restricted", operator())).isEmpty();
    }

    @Test
    void theHardenedAgentBreaksTheBaselineByItsHostPathsAndItsOneCapabilityOnly() throws IOException {
        assertThat(admitted("baseline", agent("manifests/hardened/daemonset.yaml")))
                .contains("violates PodSecurity \"baseline:latest\": "
                        + "non-default capabilities (container \"agent\" must not include \"DAC_READ_SEARCH\" in securityContext.capabilities.add), "
                        + "hostPath volumes (volumes \"ksm\", \"proc\", \"cgroup\", \"state\")");
    }

    @Test
    void theJobThatRestoresANodeBreaksTheBaselineByItsHostPathsOnly() throws IOException {
        PodTemplateSpec job = Serialization.unmarshal(
                        Files.readString(Path.of("manifests/restore/job.yaml")), Job.class)
                .getSpec()
                .getTemplate();
        job.getSpec().setNodeName("worker");

        assertThat(admitted("baseline", job))
                .contains("violates PodSecurity \"baseline:latest\": hostPath volumes (volumes \"ksm\", \"state\")");
    }

    @Test
    void theJobThatRestoresANodeIsTakenOnceANodeIsNamed() throws IOException {
        String job = Files.readString(Path.of("manifests/restore/job.yaml")).replace("NODE", "worker");

        assertThat(server.kubectlReading(job, "create", "--dry-run=server", "--validate=strict", "--filename=-"))
                .returns(0, Command.Output::exitCode)
                .returns("", Command.Output::stderr);
    }

    @Test
    void theNamespaceOfTheManifestsTakesTheAgent() throws IOException {
        assertThat(admitted("privileged", agent("manifests/agent/daemonset.yaml")))
                .isEmpty();
        assertThat(server.client()
                        .namespaces()
                        .withName("samepage-system")
                        .get()
                        .getMetadata()
                        .getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "privileged");
    }

    /** What kubectl says of a pod in a namespace of this level; empty where it is taken. */
    private String admitted(String level, PodTemplateSpec template) {
        server.client()
                .resource(guarded(level))
                .fieldManager("test")
                .forceConflicts()
                .serverSideApply();
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("sample")
                .withNamespace(GUARDED)
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
        // Classes of priority and service accounts are not what is asked here.
        pod.getSpec().setPriorityClassName(null);
        pod.getSpec().setServiceAccountName(null);
        return server.kubectlReading(Serialization.asYaml(pod), "create", "--dry-run=server", "--filename=-")
                .stderr();
    }

    private static io.fabric8.kubernetes.api.model.Namespace guarded(String level) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(GUARDED)
                .addToLabels("pod-security.kubernetes.io/enforce", level)
                .endMetadata()
                .build();
    }

    private static PodTemplateSpec operator() throws IOException {
        return Serialization.unmarshal(
                        Files.readString(Path.of("manifests/operator/deployment.yaml")), Deployment.class)
                .getSpec()
                .getTemplate();
    }

    private static PodTemplateSpec agent(String manifest) throws IOException {
        return Serialization.unmarshal(Files.readString(Path.of(manifest)), DaemonSet.class)
                .getSpec()
                .getTemplate();
    }
}
