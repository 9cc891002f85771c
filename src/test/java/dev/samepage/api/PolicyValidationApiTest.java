package dev.samepage.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server accepts and refuses, by the schema in crds/ alone. */
@RealApiServer
class PolicyValidationApiTest {
    private final ApiServer server;

    PolicyValidationApiTest(ApiServer server) {
        this.server = server;
        server.applyCrds();
    }

    @AfterEach
    void noPolicies() {
        server.client().resources(KsmPolicy.class).delete();
    }

    static List<Path> invalid() throws IOException {
        return yamlFiles(Path.of("src/test/resources/dev/samepage/api"));
    }

    static List<Path> examples() throws IOException {
        return yamlFiles(Path.of("manifests/examples"));
    }

    /** The first line of each file is what the refusal has to say. */
    @ParameterizedTest
    @MethodSource("invalid")
    void anInvalidPolicyIsRefusedWithWhatToWriteInstead(Path file) throws IOException {
        String message = Files.readAllLines(file).getFirst().substring("# ".length());

        Command.Output output = server.kubectl("apply", "--filename", file.toString());

        assertThat(output.succeeded()).isFalse();
        assertThat(output.stderr()).contains(message);
        assertThat(server.client().resources(KsmPolicy.class).list().getItems()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsAcceptedAndTheSecondTimeUnchanged(Path file) {
        Command.Output first = server.kubectl("apply", "--filename", file.toString());
        Command.Output second = server.kubectl("apply", "--filename", file.toString());

        assertThat(first.stdout()).endsWith(" created\n");
        assertThat(second.stdout()).endsWith(" unchanged\n");
    }

    @Test
    void thereIsAnExampleOfEveryMode() throws IOException {
        for (Path file : examples()) {
            server.kubectl("apply", "--filename", file.toString());
        }

        assertThat(server.client().resources(KsmPolicy.class).list().getItems())
                .extracting(policy -> policy.getSpec().mode())
                .contains(Mode.values());
    }

    @Test
    void explainSaysWhatAFieldIsFor() {
        assertThat(server.kubectl("explain", "ksmp.spec.fixed").stdout())
                .contains("pagesToScan\t<integer> -required-", "Pages that ksmd looks at before it sleeps");
    }

    private static List<Path> yamlFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
