package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityCheckTest {
    @TempDir
    private Path directory;

    @Test
    void anOperatorWhoseAuthorityIsReplacedIsToBeStartedAnew() throws IOException {
        Path file = Files.writeString(directory.resolve("ca.crt"), "old");
        var check = new AuthorityCheck(config(file));
        assertThat(check.call().getStatus()).isEqualTo(Status.UP);

        Files.writeString(file, "new");

        assertThat(check.call().getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void anAuthorityThatIsWrittenAnewAsItWasChangesNothing() throws IOException {
        Path file = Files.writeString(directory.resolve("ca.crt"), "old");
        var check = new AuthorityCheck(config(file));

        Files.delete(file);
        assertThat(check.call().getStatus()).isEqualTo(Status.UP);
        Files.writeString(file, "old");
        assertThat(check.call().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void anOperatorWithoutSuchAFileIsWell() {
        assertThat(new AuthorityCheck(Config.empty()).call().getStatus()).isEqualTo(Status.UP);
    }

    private static Config config(Path file) {
        return new ConfigBuilder(Config.empty()).withCaCertFile(file.toString()).build();
    }
}
