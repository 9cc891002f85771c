package dev.samepage.endtoend;

import static dev.samepage.endtoend.Administrator.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.Ksm;
import dev.samepage.kernel.KsmDirectory;
import dev.samepage.kernel.RealKsm;
import dev.samepage.monitoring.Dashboard;
import dev.samepage.monitoring.Rules;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.Prometheus;
import dev.samepage.testbed.UnavailableException;
import dev.samepage.testbed.cluster.OneNodeCluster;
import dev.samepage.testbed.cluster.RealCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/** While a policy is in force, people look, ask and try. */
@RealCluster
@RealKsm(RealKsm.Span.CLASS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunningClusterTest {
    private static final String IN_SAMEPAGE = "kubectl --namespace samepage-system ";

    private static final String KSM_NODE = """
            {apiVersion: ksm.samepage.dev/v1alpha1, kind: KsmNode, metadata: {name: %s}, %s}
            """;

    private final Ksm ksm = new Ksm(new KsmDirectory(Ksm.DEFAULT));
    private final OneNodeCluster cluster;
    private final Administrator administrator;

    RunningClusterTest(OneNodeCluster cluster) {
        this.cluster = cluster;
        administrator = new Administrator(cluster);
    }

    @BeforeAll
    void install() {
        administrator.loadImage();
        Way.KUSTOMIZE.install(administrator);
        applyFixed();
    }

    private void applyFixed() {
        administrator.type("kubectl label node " + OneNodeCluster.NODE + " kubevirt.io/schedulable=true --overwrite");
        administrator.type("kubectl apply -f manifests/examples/fixed.yaml");
        await("the policy in the kernel", () -> assertThat(ksm.read()).containsEntry(Knob.RUN, 1L));
        untilReady();
    }

    @AfterAll
    void uninstall() {
        Way.KUSTOMIZE.uninstall(administrator);
    }

    @Test
    void anAgentsTokenIsGoodForItsOwnNodesStatusOnly() throws IOException {
        administrator.type("kubectl create --filename=src/test/resources/dev/samepage/endtoend/node-2.yaml");
        try {
            await("the KsmNode of another node", () -> administrator.type("kubectl get ksmn node-2"));

            assertThat(asAgent("--subresource=status", KSM_NODE.formatted("node-2", "status: {message: hello}"))
                            .stderr())
                    .contains("the agent of node node-1 may not write the KsmNode node-2");
            assertThat(asAgent("", KSM_NODE.formatted(OneNodeCluster.NODE, "spec: {hash: hello}"))
                            .stderr())
                    .contains("cannot patch resource \"ksmnodes\"");
            assertThat(asAgent(
                                    "--subresource=status",
                                    KSM_NODE.formatted(OneNodeCluster.NODE, "status: {message: hello}"))
                            .stdout())
                    .endsWith(" serverside-applied\n");
        } finally {
            administrator.type("kubectl delete node node-2");
            administrator.type("kubectl wait --for=delete ksmn/node-2 --timeout=3m");
            await(
                    "the agent's pod of that node to be gone",
                    () -> assertThat(administrator.type(
                                    IN_SAMEPAGE + "get pod --field-selector=spec.nodeName=node-2 --output=name"))
                            .isEmpty());
        }
        untilReady();
    }

    @Test
    void everyQueryOfDashboardAndRulesHasAnAnswer() {
        await(
                "ksmd's CPU in the policy's status",
                () -> assertThat(administrator.get("ksmp/fixed", "{.status.ksmd.cpuPercent}"))
                        .isNotEmpty());
        var targets = List.of(
                new Prometheus.Target(
                        "samepage-agent", podIp("agent") + ":9753", "/metrics", Map.of("node", OneNodeCluster.NODE)),
                new Prometheus.Target(
                        "samepage-operator",
                        podIp("operator") + ":8080",
                        "/q/metrics",
                        Map.of("namespace", "samepage-system", "pod", "samepage-operator-0")));
        Rules rules = Rules.read();
        try (Prometheus prometheus = prometheus(targets, rules.file())) {
            Stream<String> expressions = Stream.of(Dashboard.read().expressions(), rules.expressions())
                    .flatMap(List::stream);

            assertThat(expressions.filter(
                            expression -> prometheus.query(expression).isEmpty()))
                    .as("expressions without an answer")
                    .isEmpty();
        }
    }

    /** A Prometheus in the cluster's network; where none is to be had the calling test is aborted, loudly. */
    private Prometheus prometheus(List<Prometheus.Target> targets, String rules) {
        try {
            return Prometheus.start(targets, rules, List.of("nsenter", "--net=" + cluster.network(), "--"));
        } catch (UnavailableException e) {
            System.err.printf("%n*** THE TEST WITH PROMETHEUS WAS NOT RUN: %s%n%n", e.getMessage());
            throw new TestAbortedException(e.getMessage(), e);
        }
    }

    private String podIp(String component) {
        return administrator.type(IN_SAMEPAGE + "get pod --selector=app.kubernetes.io/component=" + component
                + " --field-selector=spec.nodeName=" + OneNodeCluster.NODE
                + ",status.phase=Running --output=jsonpath={.items[0].status.podIP}");
    }

    @Test
    void theInstallationAppliedTwiceIsUnchanged() {
        isUnchanged("-k manifests");
    }

    @Test
    void theExamplesAppliedTwiceAreUnchanged() {
        // On no node: one of them un-merges.
        administrator.type("kubectl label node " + OneNodeCluster.NODE + " kubevirt.io/schedulable-");
        try {
            administrator.type("kubectl apply -f manifests/examples");

            isUnchanged("-f manifests/examples");
        } finally {
            administrator.type("kubectl delete ksmp --all");
            administrator.type("kubectl wait --for=delete ksmn --all --timeout=3m");
            applyFixed();
        }
    }

    private void isUnchanged(String what) {
        assertThat(administrator.type("kubectl apply " + what).lines())
                .isNotEmpty()
                .allMatch(line -> line.endsWith(" unchanged"));
        assertThat(administrator.tries("kubectl diff " + what)).isEqualTo(new Command.Output(0, "", ""));
    }

    private void untilReady() {
        administrator.type("kubectl wait --for=condition=Ready --timeout=3m ksmp/fixed");
    }

    /** Applies with nothing but the token in the agent's pod. */
    private Command.Output asAgent(String option, String yaml) throws IOException {
        Path token = Path.of(
                "/proc",
                Long.toString(new Leftovers(administrator).agent()),
                "root/var/run/secrets/kubernetes.io/serviceaccount/token");
        List<String> words = new ArrayList<>(List.of(
                "kubectl",
                "--kubeconfig=/dev/null",
                "--server=https://10.96.0.1",
                "--insecure-skip-tls-verify",
                "--token=" + Files.readString(token),
                "apply",
                "--server-side",
                "--field-manager=a-thief",
                "--force-conflicts",
                "--validate=false",
                "--filename=-"));
        if (!option.isEmpty()) {
            words.add(option);
        }
        return cluster.command(words.toArray(String[]::new)).run(yaml);
    }
}
