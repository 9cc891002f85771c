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

    @Test
    void kubeVirtIsToldToLetGoOfNodesAndToTakeThem() throws IOException {
        server.applyCrds();
        aKubeVirt();

        server.shell(commandsAfter("Take the nodes away from KubeVirt")).orThrow();

        assertThat(server.kubectl("-n", "kubevirt", "get", "kubevirt", "kubevirt", "-o", "jsonpath={.spec}")
                        .orThrow())
                .isEqualTo(
                        "{\"configuration\":{\"ksmConfiguration\":{\"nodeLabelSelector\":{\"matchExpressions\":[{\"key\":\"ksm.example.com/by\",\"operator\":\"NotIn\",\"values\":[\"samepage\"]}]}}}}");

        // As virt-handler does once it has been told.
        server.kubectl("label", "node", "hypervisor", "--overwrite", "kubevirt.io/ksm-enabled=true")
                .orThrow();
        assertThat(server.shell(commandsAfter("### From Samepage to KubeVirt")).orThrow())
                .contains("kubevirt.kubevirt.io/kubevirt patched")
                .contains("node/hypervisor condition met");
    }

    @Test
    void aNodeIsMarkedAsAnotherPrograms() throws IOException {
        server.shell(commandsAfter("## Other operators").replace("NODE", "hypervisor"))
                .orThrow();

        assertThat(server.client()
                        .nodes()
                        .withName("hypervisor")
                        .get()
                        .getMetadata()
                        .getAnnotations())
                .containsEntry("ksm.samepage.dev/managed-by-another", "true");
    }

    /** As far as the guide's commands look at it. */
    private void aKubeVirt() {
        server.kubectlReading("""
                        apiVersion: apiextensions.k8s.io/v1
                        kind: CustomResourceDefinition
                        metadata: {name: kubevirts.kubevirt.io}
                        spec:
                          group: kubevirt.io
                          names: {kind: KubeVirt, plural: kubevirts, singular: kubevirt}
                          scope: Namespaced
                          versions:
                            - name: v1
                              served: true
                              storage: true
                              schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                        """, "apply", "-f", "-").orThrow();
        server.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd/kubevirts.kubevirt.io")
                .orThrow();
        server.kubectlReading("""
                        apiVersion: v1
                        kind: Namespace
                        metadata: {name: kubevirt}
                        ---
                        apiVersion: kubevirt.io/v1
                        kind: KubeVirt
                        metadata: {name: kubevirt, namespace: kubevirt}
                        spec: {configuration: {ksmConfiguration: {nodeLabelSelector: {}}}}
                        """, "apply", "-f", "-").orThrow();
    }

    /** The commands that stand first after these words. */
    private static String commandsAfter(String words) throws IOException {
        String guide = Files.readString(GUIDE);
        var block = CONSOLE.matcher(guide).region(guide.indexOf(words), guide.length());
        assertThat(block.find()).isTrue();
        return block.group(1).replaceAll("(?m)^\\$ ", "");
    }
}
