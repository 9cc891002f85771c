package dev.samepage.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.RealApiServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chart and manifests/ install the same. */
@RealApiServer
class ChartApiTest {
    private static final Map<String, Object> OF_HELM = Map.of(
            "app.kubernetes.io/managed-by", "Helm",
            "app.kubernetes.io/instance", "samepage",
            "helm.sh/chart", "samepage-0.1.0");

    private final ApiServer server;
    private final Chart chart = Chart.find();

    ChartApiTest(ApiServer server) {
        this.server = server;
    }

    @Test
    void installsWhatTheManifestsInstall() {
        assertSame(Kustomization.with(), chart.render());
    }

    @Test
    void installsTheSameHardenedAgent() {
        assertSame(Kustomization.with("hardened"), chart.render("hardened=true"));
    }

    @Test
    void installsTheSameTwoOperators() {
        assertSame(Kustomization.with("ha"), chart.render("ha=true"));
    }

    @Test
    void installsTheSameWithBoth() {
        assertSame(Kustomization.with("hardened", "ha"), chart.render("hardened=true", "ha=true"));
    }

    @Test
    void installsTheSameMonitoring() {
        assertSame(
                Kustomization.with("monitoring"),
                chart.render("monitoring={\"podMonitors\": true, \"rules\": true, \"dashboard\": true}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            podMonitors | PodMonitor samepage-agent, PodMonitor samepage-operator
            rules       | PrometheusRule samepage
            dashboard   | ConfigMap samepage-dashboard
            """)
    void eachPartOfTheMonitoringIsHadByItself(String part, String objects) {
        var without = KubernetesObjects.of(chart.render()).byName().keySet();
        var with = new TreeSet<>(KubernetesObjects.of(chart.render("monitoring." + part + "=true"))
                .byName()
                .keySet());

        assertThat(with).containsAll(without);
        with.removeAll(without);
        assertThat(with).containsExactly(objects.split(", "));
    }

    /** All that may differ is written out here, beside the three labels by which Helm's users find their objects. */
    private void assertSame(Kustomization manifests, String rendered) {
        KubernetesObjects ours = KubernetesObjects.of(manifests.render(server));
        KubernetesObjects theirs = KubernetesObjects.of(rendered);
        theirs.byName().values().forEach(ChartApiTest::takeHelmsLabels);

        assertThat(differences(ours, theirs))
                .containsExactly(
                        "CustomResourceDefinition ksmnodes.ksm.samepage.dev/metadata/annotations: absent -> {helm.sh/resource-policy=keep}",
                        "CustomResourceDefinition ksmpolicies.ksm.samepage.dev/metadata/annotations: absent -> {helm.sh/resource-policy=keep}",
                        "Deployment samepage-operator/spec/template/metadata/annotations/checksum/agent: absent -> a digest",
                        "Namespace samepage-system: only in manifests");
    }

    private static void takeHelmsLabels(Map<String, Object> object) {
        Map<String, Object> labels = KubernetesObjects.object(KubernetesObjects.field(object, "metadata", "labels"));
        assertThat(labels).containsAllEntriesOf(OF_HELM);
        labels.keySet().removeAll(OF_HELM.keySet());
    }

    private static List<String> differences(KubernetesObjects ours, KubernetesObjects theirs) {
        List<String> differences = new ArrayList<>();
        var names = new TreeSet<>(ours.byName().keySet());
        names.addAll(theirs.byName().keySet());
        for (String name : names) {
            if (!theirs.byName().containsKey(name)) {
                differences.add(name + ": only in manifests");
            } else if (!ours.byName().containsKey(name)) {
                differences.add(name + ": only in the chart");
            } else {
                Differences.between(ours.get(name), theirs.get(name))
                        .forEach(line -> differences.add(name + line.replaceAll("-> [0-9a-f]{64}$", "-> a digest")));
            }
        }
        return differences;
    }

    @Test
    void isInOrder() {
        assertThat(chart.lint().stdout()).endsWith("1 chart(s) linted, 0 chart(s) failed\n");
    }

    @Test
    void everyObjectIsTakenByTheApiServerAsItStands() {
        Kustomization.install(server);

        for (String yaml : List.of(chart.render(), chart.render("hardened=true", "ha=true"))) {
            assertThat(server.kubectlReading(
                            yaml,
                            "apply",
                            "--server-side",
                            "--force-conflicts",
                            "--dry-run=server",
                            "--validate=strict",
                            "--filename=-"))
                    .returns(0, Command.Output::exitCode)
                    .returns("", Command.Output::stderr);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replicas=3                           | at '': additional properties 'replicas' not allowed
            agent.extra={}                       | at '/agent': additional properties 'extra' not allowed
            ha="yes"                             | at '/ha': got string, want boolean
            image.pullPolicy="Sometimes"         | at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'
            networkPolicy.apiServerPorts=443     | at '/networkPolicy/apiServerPorts': got number, want array
            image.digest="sha256:1"              | at '/image/digest': 'sha256:1' does not match pattern
            agent.resources.limits.memory="lots" | at '/agent/resources/limits/memory': 'lots' does not match pattern
            monitoring.rules="on"                | at '/monitoring/rules': got string, want boolean
            monitoring.serviceMonitors=true      | at '/monitoring': additional properties 'serviceMonitors' not allowed
            monitoring.labels.release=1          | at '/monitoring/labels/release': got number, want string
            monitoring.runbooks="a b"            | at '/monitoring/runbooks': 'a b' does not match pattern
            agent.nodeSelector.kvm=true          | at '/agent/nodeSelector/kvm': got boolean, want string
            """)
    void aMistypedValueIsRefusedByItsName(String value, String message) {
        Command.Output output = chart.template(value);

        assertThat(output.succeeded()).isFalse();
        assertThat(output.stderr()).contains(message);
    }

    @Test
    void aChangeOfTheAgentReachesTheOperator() {
        assertThat(checksum(chart.render("hardened=true"))).isNotEqualTo(checksum(chart.render()));
    }

    private static Object checksum(String yaml) {
        return KubernetesObjects.field(
                KubernetesObjects.of(yaml).get("Deployment samepage-operator"),
                "spec",
                "template",
                "metadata",
                "annotations",
                "checksum/agent");
    }

    @Test
    void valuesReachOperatorAndAgentAlike() {
        String yaml = chart.render(
                "image.repository=\"registry.example.com/samepage\"",
                "image.pullSecrets=[{\"name\":\"registry\"}]",
                "agent.seLinuxType=\"spc_t\"",
                "agent.nodeSelector.kvm=\"true\"");

        assertThat(yaml.lines().filter(line -> line.contains("image: ")))
                .hasSize(2)
                .allMatch(line -> line.endsWith("image: \"registry.example.com/samepage:0.1.0\""));
        assertThat(yaml).containsOnlyOnce("seLinuxOptions:").containsOnlyOnce("kvm: \"true\"");
        assertThat(yaml.lines().filter("  - name: registry"::equals)).hasSize(2);
    }

    @Test
    void aDigestGoesBeforeTheTag() {
        String digest = "sha256:" + "0".repeat(64);

        assertThat(chart.render("image.digest=\"%s\"".formatted(digest)))
                .contains("image: \"samepage@" + digest + "\"");
    }

    @Test
    void labelsOfOnesOwnAreOnWhatThePrometheusOperatorReads() {
        var objects = KubernetesObjects.of(chart.render(
                "monitoring={\"podMonitors\": true, \"rules\": true, \"labels\": {\"release\": \"prometheus\"}}"));

        assertThat(objects.byName().keySet())
                .filteredOn(name -> KubernetesObjects.object(
                                KubernetesObjects.field(objects.get(name), "metadata", "labels"))
                        .containsKey("release"))
                .containsExactlyInAnyOrder(
                        "PodMonitor samepage-agent", "PodMonitor samepage-operator", "PrometheusRule samepage");
    }

    @Test
    void runbooksCanBeElsewhere() {
        assertThat(chart.render("monitoring.rules=true", "monitoring.runbooks=\"https://wiki.example.com/samepage\"")
                        .lines()
                        .filter(line -> line.contains("runbook_url: ")))
                .isNotEmpty()
                .allMatch(line -> line.contains("runbook_url: https://wiki.example.com/samepage#samepage"));
    }

    @Test
    void aVersionThatLooksLikeANumberStaysText() {
        assertThat(chart.ofVersion("0.1.0", "1.10").render().lines())
                .filteredOn(line -> line.contains("kubernetes.io/version: "))
                .allMatch(line -> line.endsWith("kubernetes.io/version: \"1.10\""));
    }

    @Test
    void aVersionThatIsNoLabelBecomesOne() {
        String rendered = chart.ofVersion("1.10.0+build.5", "1.10.0+build.5").render();

        assertThat(rendered.lines()
                        .map(line -> line.strip().replace("\"", ""))
                        .filter(line -> line.matches("(.*/version|.*/chart|image): .*")))
                .containsOnly(
                        "app.kubernetes.io/version: 1.10.0_build.5",
                        "helm.sh/chart: samepage-1.10.0_build.5",
                        "image: samepage:1.10.0_build.5");
    }
}
