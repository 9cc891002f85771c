package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HardenedAgentTest {
    private static final Path DEFAULT = Path.of("manifests/agent/daemonset.yaml");
    private static final Path HARDENED = Path.of("manifests/hardened/daemonset.yaml");

    @Test
    void differsFromTheDefaultInItsPrivilegesAndInWhatItMountsOfSysOnly() throws IOException {
        assertThat(Differences.between(
                        KubernetesObjects.single(Files.readString(DEFAULT)),
                        KubernetesObjects.single(Files.readString(HARDENED))))
                .containsExactly(
                        "/spec/template/spec/containers/0/args/3: /host/mm/ksm -> /host/ksm",
                        "/spec/template/spec/containers/0/securityContext/allowPrivilegeEscalation: absent -> false",
                        "/spec/template/spec/containers/0/securityContext/capabilities: absent -> {drop=[ALL], add=[DAC_READ_SEARCH]}",
                        "/spec/template/spec/containers/0/securityContext/privileged: true -> false",
                        "/spec/template/spec/containers/0/securityContext/seccompProfile: absent -> {type=RuntimeDefault}",
                        "/spec/template/spec/containers/0/volumeMounts/0/mountPath: /host/mm -> /host/ksm",
                        "/spec/template/spec/volumes/0/hostPath/path: /sys/kernel/mm -> /sys/kernel/mm/ksm",
                        "/spec/template/spec/volumes/0/hostPath/type: absent -> Directory");
    }

    @Test
    void eachAgentsImageIsTheOnlyTextInDoubleQuotes() throws IOException {
        for (Path manifest : List.of(DEFAULT, HARDENED)) {
            assertThat(List.of(Files.readString(manifest).split("\"", -1)))
                    .hasSize(3)
                    .element(1)
                    .isEqualTo("samepage:0.1.0");
        }
    }
}
