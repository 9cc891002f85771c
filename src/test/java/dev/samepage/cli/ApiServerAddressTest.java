package dev.samepage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerAddressTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    @Test
    void aKubeconfigThatIsNotThereIsNamed() {
        assertThat(missing(Map.of("KUBECONFIG", "/nonexistent")))
                .isEqualTo("KUBECONFIG=/nonexistent names no file that can be read. Correct or unset it.");
    }

    @Test
    void oneReadableFileOfSeveralIsEnough() throws IOException {
        Path second = Files.createFile(home.resolve("second"));

        assertThat(missing(Map.of("KUBECONFIG", "/nonexistent:" + second))).isEmpty();
    }

    @Test
    void aKubeconfigThatIsNotThereIsNotReplacedByTheUsualOne() throws IOException {
        usualKubeconfig();

        assertThat(missing(Map.of("KUBECONFIG", "/nonexistent"))).contains("/nonexistent");
    }

    @Test
    void theUsualKubeconfigIsEnough() throws IOException {
        usualKubeconfig();

        assertThat(missing(Map.of())).isEmpty();
    }

    @Test
    void aPodNeedsNoKubeconfig() {
        assertThat(missing(Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"))).isEmpty();
    }

    @Test
    void nothingAtAllIsSaid() {
        assertThat(missing(Map.of()))
                .isEqualTo(
                        "There is no API server to talk to: point KUBECONFIG at a kubeconfig file, or run this in a pod.");
    }

    private void usualKubeconfig() throws IOException {
        Files.createFile(Files.createDirectory(home.resolve(".kube")).resolve("config"));
    }

    private String missing(Map<String, String> environment) {
        return new ApiServerAddress(environment, home).missing().orElse("");
    }
}
