package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What src/docs/install.md says to do with overlays, and after an upgrade, does what it says. */
@RealApiServer
class InstallGuideApiTest {
    private static final Path GUIDE = Path.of("src/docs/install.md");
    private static final Pattern CONSOLE = Pattern.compile("```console\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern OVERLAY =
            Pattern.compile("```yaml\\n# overlay/kustomization.yaml\\n(.*?)```", Pattern.DOTALL);

    private final ApiServer server;

    InstallGuideApiTest(ApiServer server) {
        this.server = server;
    }

    @Test
    void anImageOfOnesOwnReachesOperatorAndAgent() throws IOException {
        KubernetesObjects objects = rendered("images:");

        assertThat(image(objects.get("Deployment samepage-operator"))).isEqualTo("registry.example.com/samepage:0.1.0");
        assertThat(image(agent(objects))).isEqualTo("registry.example.com/samepage:0.1.0");
    }

    @Test
    void aCopyOfTheAgentTakesItsPlace() throws IOException {
        Path copy = Path.of(directory("behavior: merge"), "daemonset.yaml");
        Files.writeString(
                copy,
                Files.readString(Path.of("manifests/agent/daemonset.yaml"))
                        .replace("kubernetes.io/os: linux", "kubernetes.io/os: linux\n        kvm: here"));

        KubernetesObjects objects = rendered("behavior: merge");

        assertThat(Differences.between(
                        KubernetesObjects.of(Kustomization.with().render(server))
                                .byName(),
                        objects.byName()))
                .containsExactly(
                        "/ConfigMap samepage-agent/data/agent.yaml/spec/template/spec/nodeSelector/kvm: absent -> here");
    }

    @Test
    void theHardenedAgentIsOneComponentAway() throws IOException {
        assertThat(rendered("- ../manifests/hardened\n"))
                .isEqualTo(KubernetesObjects.of(Kustomization.with("hardened").render(server)));
    }

    @Test
    void twoOperatorsAreOneComponentAway() throws IOException {
        assertThat(rendered("- ../manifests/ha\n"))
                .isEqualTo(KubernetesObjects.of(Kustomization.with("ha").render(server)));
    }

    @Test
    void monitoringIsOneComponentAway() throws IOException {
        assertThat(rendered("- ../manifests/monitoring\n"))
                .isEqualTo(KubernetesObjects.of(Kustomization.with("monitoring").render(server)));
    }

    @Test
    void theAgentsManifestsOfOlderVersionsAreRemovedAndTheOneInUseStays() throws IOException {
        Kustomization.install(server);
        server.shell("""
                        kubectl -n samepage-system create configmap samepage-agent-0123456789
                        kubectl -n samepage-system label configmap samepage-agent-0123456789 app.kubernetes.io/name=samepage-agent
                        """).orThrow();

        String removed = server.shell(commandsAfter("leaves the ConfigMap")).orThrow();

        assertThat(removed)
                .startsWith("configmap \"samepage-agent-0123456789\" deleted")
                .hasLineCount(1);
    }

    /** The commands that stand first after these words. */
    private static String commandsAfter(String words) throws IOException {
        String guide = Files.readString(GUIDE);
        var block = CONSOLE.matcher(guide).region(guide.indexOf(words), guide.length());
        assertThat(block.find()).isTrue();
        return block.group(1).replaceAll("(?m)^\\$ ", "");
    }

    /** What the guide's overlay that holds {@code word} installs. */
    private KubernetesObjects rendered(String word) throws IOException {
        return KubernetesObjects.of(Kustomization.render(server, directory(word)));
    }

    private static String directory(String word) throws IOException {
        List<String> found = OVERLAY.matcher(Files.readString(GUIDE))
                .results()
                .map(block -> block.group(1))
                .filter(overlay -> overlay.contains(word))
                .toList();
        assertThat(found).as("overlays with " + word).hasSize(1);
        return Kustomization.overlay(
                "guide-" + word.replaceAll("\\W", ""), found.getFirst().replace("../manifests", "../../../manifests"));
    }

    private static Object agent(KubernetesObjects objects) {
        return KubernetesObjects.field(objects.get("ConfigMap samepage-agent"), "data", "agent.yaml");
    }

    private static Object image(Object workload) {
        var containers = (List<?>) KubernetesObjects.field(workload, "spec", "template", "spec", "containers");
        return KubernetesObjects.field(containers.getFirst(), "image");
    }
}
