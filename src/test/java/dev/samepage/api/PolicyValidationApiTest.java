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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API server accepts and refuses, by the schema in crds/ alone. */
@RealApiServer
class PolicyValidationApiTest {
    private final ApiServer server;

    @BeforeAll
    static void applyCrds(ApiServer server) {
        server.applyCrds();
    }

    PolicyValidationApiTest(ApiServer server) {
        this.server = server;
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
    void aPolicyWithoutAModeIsAdaptive() {
        assertThat(stored("{nodeSelector: {}}", "mode")).isEqualTo("Adaptive");
    }

    @Test
    void anEmptyModeIsNone() {
        assertThat(stored("{nodeSelector: {}, mode: null}", "mode")).isEqualTo("Adaptive");
    }

    @Test
    void adaptiveNeedsNoBlock() {
        assertThat(stored("{nodeSelector: {}, mode: Adaptive}", "adaptive")).isEmpty();
    }

    @Test
    void whatABlockOfAdaptiveDoesNotNameHasItsDefault() {
        assertThat(stored("{nodeSelector: {}, adaptive: {}}", "adaptive"))
                .isEqualTo("{\"activation\":\"Always\",\"maxCpuPercent\":70,\"maxRestSeconds\":1800,"
                        + "\"minSavedPerCpuSecond\":\"64Mi\"}");
    }

    @Test
    void everyFieldOfAdaptiveIsStored() {
        assertThat(stored(
                        "{nodeSelector: {}, mode: Adaptive, adaptive: {maxCpuPercent: 1, minSavedPerCpuSecond: 9999Gi, "
                                + "maxRestSeconds: 86400, activation: MemoryPressure, memoryAvailableBelowPercent: 99}}",
                        "adaptive"))
                .isEqualTo("{\"activation\":\"MemoryPressure\",\"maxCpuPercent\":1,\"maxRestSeconds\":86400,"
                        + "\"memoryAvailableBelowPercent\":99,\"minSavedPerCpuSecond\":\"9999Gi\"}");
    }

    @Test
    void memoryPressureNeedsNoThreshold() {
        assertThat(stored("{nodeSelector: {}, adaptive: {activation: MemoryPressure}}", "adaptive.activation"))
                .isEqualTo("MemoryPressure");
    }

    @Test
    void adaptiveTakesTheOtherTunables() {
        assertThat(stored("{nodeSelector: {}, tunables: {maxPageSharing: 512}}", "tunables"))
                .isEqualTo("{\"maxPageSharing\":512}");
    }

    @Test
    void withoutARolloutThereIsItsDefault() {
        assertThat(stored("{nodeSelector: {}}", "rollout"))
                .isEqualTo("{\"maxConcurrent\":\"10%\",\"maxFailures\":\"5%\"}");
    }

    @Test
    void aRolloutTakesNumbersAndPercentages() {
        assertThat(stored("{nodeSelector: {}, rollout: {maxConcurrent: 1000000, maxFailures: 100%}}", "rollout"))
                .isEqualTo("{\"maxConcurrent\":1000000,\"maxFailures\":\"100%\"}");
    }

    @Test
    void aModeThatIsTakenBackIsAdaptiveAgain() {
        stored("{nodeSelector: {}, mode: Stopped}", "mode");

        assertThat(stored("{nodeSelector: {}}", "mode")).isEqualTo("Adaptive");
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

    /** A field of a spec as the API server keeps it, after {@code kubectl apply}; empty where there is none. */
    private String stored(String spec, String field) {
        server.kubectlReading(
                        "{apiVersion: ksm.samepage.dev/v1alpha1, kind: KsmPolicy, metadata: {name: stored}, spec: "
                                + spec + "}",
                        "apply",
                        "--filename",
                        "-")
                .orThrow();
        return server.kubectl("get", "ksmp/stored", "--output", "jsonpath={.spec." + field + "}")
                .orThrow();
    }

    private static List<Path> yamlFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
