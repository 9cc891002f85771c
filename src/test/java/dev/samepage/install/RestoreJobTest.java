package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RestoreJobTest {
    private static final Path JOB = Path.of("manifests/restore/job.yaml");

    private static PodSpec pod() throws IOException {
        return Serialization.unmarshal(Files.readString(JOB), Job.class)
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    private static Container container() throws IOException {
        return pod().getContainers().getFirst();
    }

    @Test
    void restoresTheNodeThatIsPutInThePlaceOfNode() throws IOException {
        assertThat(pod().getNodeName()).isEqualTo("NODE");
        assertThat(container().getArgs()).containsExactly("restore", "--ksm", "/host/ksm", "--state", "/run/samepage");
    }

    @Test
    void namesTheNodeInOnePlaceOnlyBesideWhatItSaysOfIt() throws IOException {
        assertThat(Files.readString(JOB).lines().filter(line -> !line.startsWith("#")))
                .filteredOn(line -> line.contains("NODE"))
                .containsExactly("      nodeName: NODE");
    }

    @Test
    void looksForTheOriginalsWhereTheAgentLeavesThem() throws IOException {
        assertThat(pod().getVolumes())
                .extracting(Volume::getHostPath)
                .filteredOn(Objects::nonNull)
                .extracting(HostPathVolumeSource::getPath)
                .containsExactly("/sys/kernel/mm/ksm", "/run/samepage");
    }

    @Test
    void hasNoRightInTheClusterAndNoCapability() throws IOException {
        assertThat(pod().getAutomountServiceAccountToken()).isFalse();
        assertThat(container().getSecurityContext().getPrivileged()).isFalse();
        assertThat(container().getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container().getSecurityContext().getCapabilities().getAdd()).isEmpty();
    }
}
