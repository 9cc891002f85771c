package dev.samepage.measure;

import dev.samepage.api.BareStatus;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import dev.samepage.policy.Assignment;
import dev.samepage.policy.Fleet;
import dev.samepage.policy.NodeFacts;
import dev.samepage.policy.PolicyStatus;
import dev.samepage.policy.Tuner;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What CPU it takes the operator to look at all nodes of a policy, in the middle of a roll-out: its status, its totals, and who is next. */
final class Looks {
    private static final int NODES = 5000;
    private static final int POLICIES = 10;
    private static final int WARM_UP = 50;
    private static final int TIMES = 50;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Bars bars;
    private final List<KsmPolicy> policies = new ArrayList<>();

    Looks(Bars bars) {
        this.bars = bars;
        for (int i = 0; i < POLICIES; i++) {
            var policy = new KubernetesSerialization()
                    .unmarshal(
                            "spec: {nodeSelector: {}, priority: %d, mode: Fixed, fixed: {pagesToScan: %d}}"
                                    .formatted(-i, 1000 + i),
                            KsmPolicy.class);
            policy.setMetadata(new ObjectMetaBuilder()
                    .withName("p" + i)
                    .withUid("uid-" + i)
                    .withGeneration(1L)
                    .build());
            policies.add(policy);
        }
    }

    void run() {
        Fleet fleet = halfWay();
        var status = new PolicyStatus(Clock.systemUTC());
        var thread = ManagementFactory.getThreadMXBean();
        var millis = new ArrayList<Double>();
        for (int i = 0; i < WARM_UP + TIMES; i++) {
            long start = thread.getCurrentThreadCpuTime();
            status.look(policies.getFirst(), fleet, Set.of());
            if (i >= WARM_UP) {
                millis.add((thread.getCurrentThreadCpuTime() - start) / NANOS_PER_MILLI);
            }
        }
        Spread spread = new Spread(millis);
        bars.title("A look at %d nodes, which %d policies match; there are at most 2 a second: CPU"
                .formatted(NODES, POLICIES));
        bars.atMost("median", spread.median(), 100, "ms");
        bars.figure("p95", spread.percentile(95), "ms");
    }

    private Fleet halfWay() {
        var nodes = new ArrayList<NodeFacts>();
        var ksmNodes = new ArrayList<KsmNode>();
        for (int i = 0; i < NODES; i++) {
            String name = "node-" + i;
            nodes.add(new NodeFacts(
                    name,
                    Map.of("kubernetes.io/os", "linux", "kubevirt.io/schedulable", "true"),
                    Tuner.SAMEPAGE,
                    true));
            var ksmNode = new KsmNode();
            ksmNode.setMetadata(new ObjectMetaBuilder()
                    .withName(name)
                    .withManagedFields(new ManagedFieldsEntryBuilder()
                            .withTime(Instant.now().toString())
                            .build())
                    .build());
            ksmNode.setSpec(Assignment.specFrom(policies.get(i % 2)));
            ksmNode.setStatus(BareStatus.of(
                    1L,
                    State.APPLIED,
                    "",
                    ksmNode.getSpec().hash(),
                    Instant.now().toString()));
            ksmNodes.add(ksmNode);
        }
        return Fleet.of(nodes, policies, ksmNodes);
    }
}
