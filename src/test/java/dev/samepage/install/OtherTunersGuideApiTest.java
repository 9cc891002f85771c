package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.RealApiServer;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What src/docs/other-tuners.md says to do with nodes that KubeVirt has tuned does what it says. */
@RealApiServer
class OtherTunersGuideApiTest {
    private static final Path GUIDE = Path.of("src/docs/other-tuners.md");
    private static final Pattern CONSOLE = Pattern.compile("```console\\n(.*?)```", Pattern.DOTALL);

    private final ApiServer server;

    OtherTunersGuideApiTest(ApiServer server) {
        this.server = server;
    }

    /** As virt-handler leaves a node. */
    @BeforeEach
    void aNodeThatKubeVirtHasLetGo() {
        server.client()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("hypervisor")
                        .addToLabels("kubevirt.io/schedulable", "true")
                        .addToLabels("kubevirt.io/ksm-enabled", "false")
                        .addToAnnotations("kubevirt.io/ksm-handler-managed", "false")
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void noNode() {
        server.client().nodes().withName("hypervisor").delete();
    }

    @Test
    void nodesAreWaitedForUntilKubeVirtLetsGoOfThem() throws IOException {
        assertThat(server.shell(commandsAfter("virt-handler lets go of them")).orThrow())
                .isEqualTo("node/hypervisor condition met\n".repeat(2));
    }

    @Test
    void aNodeIsFreedWhereKubeVirtIsGoneForGood() throws IOException {
        server.shell(commandsAfter("If KubeVirt is gone for good").replace("NODE", "hypervisor"))
                .orThrow();

        Node node = server.client().nodes().withName("hypervisor").get();
        assertThat(node.getMetadata().getLabels()).doesNotContainKey("kubevirt.io/ksm-enabled");
        assertThat(node.getMetadata().getAnnotations()).doesNotContainKey("kubevirt.io/ksm-handler-managed");
    }

    /** The commands that stand first after these words. */
    private static String commandsAfter(String words) throws IOException {
        String guide = Files.readString(GUIDE);
        var block = CONSOLE.matcher(guide).region(guide.indexOf(words), guide.length());
        assertThat(block.find()).isTrue();
        return block.group(1).replaceAll("(?m)^\\$ ", "");
    }
}
