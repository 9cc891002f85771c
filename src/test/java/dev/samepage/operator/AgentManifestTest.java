package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.operator.AgentManifest.Content;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentManifestTest {
    private final KubernetesSerialization serialization = new KubernetesSerialization();

    @TempDir
    Path directory;

    @Test
    void theDaemonSetIsTakenAsItIsAndPlacedInTheNamespace() throws IOException {
        Content content = read("""
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: agent, namespace: elsewhere, labels: {team: blue}}
                spec: {minReadySeconds: 7, fieldOfTheFuture: 3}
                """);

        assertThat(content).isInstanceOfSatisfying(Content.Agent.class, agent -> {
            DaemonSet daemonSet = agent.daemonSet();
            assertThat(daemonSet.getMetadata().getName()).isEqualTo("agent");
            assertThat(daemonSet.getMetadata().getNamespace()).isEqualTo("samepage-system");
            assertThat(daemonSet.getMetadata().getLabels())
                    .isEqualTo(Map.of("team", "blue", "app.kubernetes.io/managed-by", "samepage-operator"));
            assertThat(daemonSet.getSpec().getMinReadySeconds()).isEqualTo(7);
            assertThat(daemonSet.getSpec().getAdditionalProperties()).isEqualTo(Map.of("fieldOfTheFuture", 3));
        });
    }

    @Test
    void theInstallationsOwnManifestIsOne() {
        assertThat(new AgentManifest(RunningOperator.AGENT).read("samepage-system", serialization))
                .isInstanceOf(Content.Agent.class);
    }

    @Test
    void aMissingFileIsSaidToBeMissing() {
        assertThat(new AgentManifest(Path.of("/nowhere/agent.yaml")).read("samepage-system", serialization))
                .isEqualTo(
                        new Content.Unusable(
                                "The agent's manifest /nowhere/agent.yaml cannot be used: there is no such "
                                        + "file. The agent stays as it is; give samepage.agent.manifest a file with its DaemonSet."));
    }

    @Test
    void aDirectoryCannotBeRead() {
        assertThat(new AgentManifest(directory).read("samepage-system", serialization))
                .isInstanceOfSatisfying(
                        Content.Unusable.class,
                        unusable -> assertThat(unusable.reason())
                                .contains("it cannot be read (java.io.IOException: Is a directory)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                                                             | it holds 0 YAML documents and not one
                    '--- {a: 1}\n--- {b: 2}'                                       | it holds 2 YAML documents and not one
                    just words                                                     | it holds no Kubernetes object
                    '{apiVersion: apps/v1, kind: Deployment}'                      | it is a Deployment of apps/v1 and not a DaemonSet of apps/v1
                    '{a: 1'                                                        | it is not YAML: expected ',' or '}', but got <stream end> (line 1, column 6)
                    '{apiVersion: apps/v1, kind: DaemonSet}'                       | its DaemonSet has no metadata.name
                    '{apiVersion: apps/v1, kind: DaemonSet, metadata: 7}'          | it is not a valid DaemonSet
                    """)
    void anythingElseIsUnusableForAReason(String yaml, String reason) throws IOException {
        assertThat(read(yaml.replace("\\n", "\n")))
                .isInstanceOfSatisfying(
                        Content.Unusable.class,
                        unusable -> assertThat(unusable.reason()).contains("cannot be used: " + reason));
    }

    private Content read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), yaml);
        return new AgentManifest(file).read("samepage-system", serialization);
    }
}
