package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmPolicy;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FleetMetricsTest {
    private static final KsmPolicy POLICY = Serialization.unmarshal("""
            apiVersion: ksm.samepage.dev/v1alpha1
            kind: KsmPolicy
            metadata: {name: virtual-machines}
            spec: {nodeSelector: {}, mode: KernelAdvisor, paused: true}
            status:
              nodes: {matched: 21, targeted: 15, overridden: 2, skipped: 4, applied: 8, progressing: 3, failed: 3, unreachable: 1}
              memory: {saved: 1Ki, savedBytes: 1024, profit: "0", profitBytes: -64}
              ksmd: {cpuPercent: "12.5"}
              verdicts: {Effective: 3, Wasteful: 1}
              conditions:
                - {type: Ready, status: "False", reason: NodesFailed, message: m}
                - {type: Stalled, status: "True", reason: NodesFailed, message: m}
            """, KsmPolicy.class);

    private static final DaemonSet AGENT = Serialization.unmarshal("""
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: samepage-agent}
            status: {desiredNumberScheduled: 21, numberReady: 20}
            """, DaemonSet.class);

    @Test
    void showsEveryFigureOfAPolicy() throws IOException {
        assertThat(series(Optional.of(new Caches(List.of(POLICY), 15, List.of(AGENT)))))
                .containsExactlyInAnyOrder(
                        "samepage_operator_build_info{version=\"1.2.3\",} 1.0",
                        "samepage_operator_leader 1.0",
                        "samepage_operator_ksmnodes 15.0",
                        "samepage_operator_agent_daemonset_applied 1.0",
                        "samepage_operator_agents_desired 21.0",
                        "samepage_operator_agents_ready 20.0",
                        "samepage_policy_info{policy=\"virtual-machines\",mode=\"KernelAdvisor\",} 1.0",
                        "samepage_policy_paused{policy=\"virtual-machines\",} 1.0",
                        "samepage_policy_condition{policy=\"virtual-machines\",type=\"Ready\",} 0.0",
                        "samepage_policy_condition{policy=\"virtual-machines\",type=\"Stalled\",} 1.0",
                        "samepage_policy_nodes_matched{policy=\"virtual-machines\",} 21.0",
                        "samepage_policy_nodes_targeted{policy=\"virtual-machines\",} 15.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"applied\",} 8.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"progressing\",} 3.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"failed\",} 3.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"unreachable\",} 1.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"overridden\",} 2.0",
                        "samepage_policy_nodes{policy=\"virtual-machines\",status=\"skipped\",} 4.0",
                        "samepage_policy_verdict_nodes{policy=\"virtual-machines\",verdict=\"Effective\",} 3.0",
                        "samepage_policy_verdict_nodes{policy=\"virtual-machines\",verdict=\"Marginal\",} 0.0",
                        "samepage_policy_verdict_nodes{policy=\"virtual-machines\",verdict=\"Wasteful\",} 1.0",
                        "samepage_policy_verdict_nodes{policy=\"virtual-machines\",verdict=\"Pending\",} 0.0",
                        "samepage_policy_verdict_nodes{policy=\"virtual-machines\",verdict=\"Idle\",} 0.0",
                        "samepage_policy_saved_bytes{policy=\"virtual-machines\",} 1024.0",
                        "samepage_policy_profit_bytes{policy=\"virtual-machines\",} -64.0",
                        "samepage_policy_ksmd_cpu_ratio{policy=\"virtual-machines\",} 0.125");
    }

    @Test
    void aPolicyThatIsGoneHasNoSeries() throws IOException {
        assertThat(series(Optional.of(new Caches(List.of(), 0, List.of()))))
                .noneMatch(line -> line.startsWith("samepage_policy_"))
                .contains("samepage_operator_agent_daemonset_applied 0.0");
    }

    @Test
    void aPolicyWithoutAStatusIsNamedOnly() throws IOException {
        var policy = Serialization.unmarshal("""
                apiVersion: ksm.samepage.dev/v1alpha1
                kind: KsmPolicy
                metadata: {name: new}
                spec: {nodeSelector: {}, mode: Observe}
                """, KsmPolicy.class);

        assertThat(series(Optional.of(new Caches(List.of(policy), 0, List.of()))))
                .filteredOn(line -> line.startsWith("samepage_policy_"))
                .containsExactlyInAnyOrder(
                        "samepage_policy_info{policy=\"new\",mode=\"Observe\",} 1.0",
                        "samepage_policy_paused{policy=\"new\",} 0.0");
    }

    @Test
    void anOperatorThatDoesNotLeadShowsNothingOfTheFleet() throws IOException {
        assertThat(series(Optional.empty()))
                .containsExactlyInAnyOrder(
                        "samepage_operator_build_info{version=\"1.2.3\",} 1.0", "samepage_operator_leader 0.0");
    }

    private static List<String> series(Optional<Caches> caches) throws IOException {
        var registry = new CollectorRegistry();
        new FleetMetrics(() -> caches, "1.2.3").register(registry);
        var text = new StringWriter();
        TextFormat.write004(text, registry.metricFamilySamples());
        return text.toString().lines().filter(line -> !line.startsWith("#")).toList();
    }
}
