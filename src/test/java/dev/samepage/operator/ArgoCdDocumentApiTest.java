package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.Onlooker;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command in src/docs/argocd.md that gives Argo CD the health check. */
@RealApiServer
class ArgoCdDocumentApiTest {
    private static final Path DOCUMENT = Path.of("src/docs/argocd.md");

    private final ApiServer server;

    ArgoCdDocumentApiTest(ApiServer server) {
        this.server = server;
    }

    @BeforeEach
    void installArgoCd() {
        var namespace =
                new NamespaceBuilder().withNewMetadata().withName("argocd").endMetadata();
        server.client().resource(namespace.build()).serverSideApply();
        server.client()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("argocd")
                        .withName("argocd-cm")
                        .endMetadata()
                        .addToData("url", "https://argocd.example.org")
                        .build())
                .create();
    }

    @AfterEach
    void uninstall() {
        server.client().resource(configMap()).delete();
    }

    @Test
    void itsCommandAddsTheHealthCheckAndKeepsWhatElseIsConfigured() throws IOException {
        List<String[]> commands = commands();

        Command.Output made = server.kubectl(commands.get(0));
        Command.Output applied = server.kubectlReading(made.stdout(), commands.get(1));

        assertThat(applied.stderr()).isEmpty();
        String script = Files.readString(Onlooker.HEALTH_CHECK);
        assertThat(configMap().getData())
                .isEqualTo(Map.of(
                        "url", "https://argocd.example.org",
                        "resource.customizations.health.ksm.samepage.dev_KsmPolicy", script,
                        "resource.customizations.health.ksm.samepage.dev_KsmNode", script));
    }

    private ConfigMap configMap() {
        return server.client()
                .configMaps()
                .inNamespace("argocd")
                .withName("argocd-cm")
                .require();
    }

    /** What kubectl is given in the document's only block for a console: the parts of a pipe. */
    private static List<String[]> commands() throws IOException {
        String text = Files.readString(DOCUMENT);
        String block = text.substring(text.indexOf("```console\n") + "```console\n".length());
        return Stream.of(block.substring(0, block.indexOf("```"))
                        .replace("\\\n", " ")
                        .split("\\|", -1))
                .map(command -> command.strip().replaceFirst("^kubectl ", "").split("\\s+", -1))
                .toList();
    }
}
