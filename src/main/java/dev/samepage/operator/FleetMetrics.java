package dev.samepage.operator;

import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicyStatus;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.Verdict;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The policies and the agent for Prometheus, read from the caches at each scrape: a deleted policy has no series any more. There are some
 * 25 series for a policy, however many nodes it has.
 */
final class FleetMetrics extends Collector {
    private static final double PERCENT = 100;

    private final Supplier<Optional<Caches>> caches;
    private final String version;

    /** {@code caches} gives nothing where another operator leads; {@code version} is Samepage's. */
    FleetMetrics(Supplier<Optional<Caches>> caches, String version) {
        this.caches = caches;
        this.version = version;
    }

    @Override
    public List<MetricFamilySamples> collect() {
        var families = new ArrayList<MetricFamilySamples>();
        families.add(
                new GaugeMetricFamily("samepage_operator_build_info", "The operator's version.", List.of("version"))
                        .addMetric(List.of(version), 1));
        Optional<Caches> read = caches.get();
        families.add(new GaugeMetricFamily(
                "samepage_operator_leader",
                "1 where this operator does the work, 0 where it is starting or another one leads.",
                read.isPresent() ? 1 : 0));
        read.ifPresent(now -> {
            families.add(
                    new GaugeMetricFamily("samepage_operator_ksmnodes", "KsmNodes in the cluster.", now.ksmNodes()));
            agents(families, now.agents());
            families.addAll(new PolicyFamilies().with(now.policies()));
        });
        return families;
    }

    private static void agents(List<MetricFamilySamples> families, List<DaemonSet> agents) {
        families.add(new GaugeMetricFamily(
                "samepage_operator_agent_daemonset_applied",
                "1 where the agent's DaemonSet is there, else 0.",
                agents.isEmpty() ? 0 : 1));
        families.add(new GaugeMetricFamily(
                "samepage_operator_agents_desired",
                "Nodes on which an agent should run.",
                sum(agents, DaemonSetStatus::getDesiredNumberScheduled)));
        families.add(new GaugeMetricFamily(
                "samepage_operator_agents_ready",
                "Nodes on which an agent runs and is ready.",
                sum(agents, DaemonSetStatus::getNumberReady)));
    }

    @SuppressWarnings("NullAway") // read from the API server, numbers can be absent
    private static int sum(List<DaemonSet> agents, Function<DaemonSetStatus, Integer> number) {
        return agents.stream()
                .map(DaemonSet::getStatus)
                .filter(status -> status != null && number.apply(status) != null)
                .mapToInt(number::apply)
                .sum();
    }

    /** One family for each figure of a policy. */
    private static final class PolicyFamilies {
        private final GaugeMetricFamily info = family("samepage_policy_info", "The policy and its mode.", "mode");
        private final GaugeMetricFamily paused =
                family("samepage_policy_paused", "1 while the policy is paused and no node is changed, else 0.");
        private final GaugeMetricFamily conditions =
                family("samepage_policy_condition", "1 where the condition is True, else 0.", "type");
        private final GaugeMetricFamily matched =
                family("samepage_policy_nodes_matched", "Nodes that the policy's nodeSelector matches.");
        private final GaugeMetricFamily targeted =
                family("samepage_policy_nodes_targeted", "Nodes that the policy has won and acts on.");
        private final GaugeMetricFamily nodes = family(
                "samepage_policy_nodes",
                "Nodes that the policy matches, by how they fare: applied, progressing, failed and unreachable are those"
                        + " that it acts on, overridden another policy's, skipped KubeVirt's or another program's.",
                "status");
        private final GaugeMetricFamily verdicts =
                family("samepage_policy_verdict_nodes", "Nodes that the policy acts on, by verdict.", "verdict");
        private final GaugeMetricFamily saved = family(
                "samepage_policy_saved_bytes", "Memory saved on the policy's nodes, as its KsmNodes last reported.");
        private final GaugeMetricFamily profit = family(
                "samepage_policy_profit_bytes",
                "Memory saved on the policy's nodes less the kernel's bookkeeping; negative where KSM is a loss.");
        private final GaugeMetricFamily cpu = family(
                "samepage_policy_ksmd_cpu_ratio",
                "CPU of ksmd over a minute as a share of one core, the mean of the policy's nodes.");

        private static GaugeMetricFamily family(String name, String help, String... more) {
            var labels = new ArrayList<String>(List.of("policy"));
            labels.addAll(List.of(more));
            return new GaugeMetricFamily(name, help, labels);
        }

        @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
        List<MetricFamilySamples> with(List<KsmPolicy> policies) {
            for (KsmPolicy policy : policies) {
                String name = policy.getMetadata().getName();
                var spec = policy.getSpec();
                info.addMetric(
                        List.of(
                                name,
                                spec == null || spec.mode() == null
                                        ? "Unknown"
                                        : spec.mode().toString()),
                        1);
                paused.addMetric(List.of(name), spec != null && spec.paused() ? 1 : 0);
                if (policy.getStatus() != null) {
                    status(name, policy.getStatus());
                }
            }
            return List.of(info, paused, conditions, matched, targeted, nodes, verdicts, saved, profit, cpu);
        }

        private void status(String policy, KsmPolicyStatus status) {
            status.conditions()
                    .forEach(condition -> conditions.addMetric(
                            List.of(policy, condition.getType()), "True".equals(condition.getStatus()) ? 1 : 0));
            if (status.nodes() != null) {
                matched.addMetric(List.of(policy), status.nodes().matched());
                targeted.addMetric(List.of(policy), status.nodes().targeted());
                node(policy, "applied", status.nodes(), NodeCounts::applied);
                node(policy, "progressing", status.nodes(), NodeCounts::progressing);
                node(policy, "failed", status.nodes(), NodeCounts::failed);
                node(policy, "unreachable", status.nodes(), NodeCounts::unreachable);
                node(policy, "overridden", status.nodes(), NodeCounts::overridden);
                node(policy, "skipped", status.nodes(), NodeCounts::skipped);
            }
            for (Verdict verdict : Verdict.values()) {
                verdicts.addMetric(
                        List.of(policy, verdict.toString()), status.verdicts().getOrDefault(verdict.toString(), 0));
            }
            if (status.memory() != null) {
                saved.addMetric(List.of(policy), status.memory().savedBytes());
                profit.addMetric(List.of(policy), status.memory().profitBytes());
            }
            if (status.ksmd() != null) {
                ratio(status.ksmd().cpuPercent()).ifPresent(ratio -> cpu.addMetric(List.of(policy), ratio));
            }
        }

        private void node(String policy, String status, NodeCounts counts, ToIntFunction<NodeCounts> count) {
            nodes.addMetric(List.of(policy, status), count.applyAsInt(counts));
        }

        private static Optional<Double> ratio(@Nullable String percent) {
            try {
                return percent == null ? Optional.empty() : Optional.of(Double.parseDouble(percent) / PERCENT);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }
}
