package dev.samepage.measure;

import dev.samepage.api.KsmNode;
import dev.samepage.demo.DemoHost;
import dev.samepage.demo.OneNode;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.UnavailableException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What agent and operator cost themselves in mode Adaptive, and how soon an agent reports after its start. */
final class Footprint {
    private static final int STARTS = 5;
    private static final int GUESTS = 20;
    private static final int MORE_GUESTS = 10;

    /** With so little for ksmd a boost takes long enough to measure what the agent uses meanwhile. */
    private static final String POLICY = """
            apiVersion: ksm.samepage.dev/v1alpha1
            kind: KsmPolicy
            metadata:
              name: footprint
            spec:
              nodeSelector: {}
              adaptive:
                maxCpuPercent: 10
            """;

    private static final int SHORTEST_BOOST_SECONDS = 10;
    private static final int LONGEST_BOOST_SECONDS = 300;
    private static final long LOOK_EVERY_MILLIS = 100;
    private static final int SETTLE_SECONDS = 60;
    private static final int REST_SECONDS = 60;
    private static final int PROBE_EVERY_SECONDS = 20;
    private static final long QUIET_MILLIS = 3000;
    private static final long GIVE_UP_SECONDS = 60;

    private final DemoHost host;
    private final Bars bars;

    Footprint(DemoHost host, Bars bars) {
        this.host = host;
        this.bars = bars;
    }

    void run() throws UnavailableException, IOException, InterruptedException, ExecutionException, TimeoutException {
        try (OneNode cluster = OneNode.start(host.nodeName(), bars::say)) {
            cluster.install();
            cluster.register();
            SamepageProcess operator = cluster.startOperator();
            Path policy = Files.writeString(Files.createTempFile("samepage-footprint-", ".yaml"), POLICY);
            cluster.mustKubectl("apply", "-f", policy.toString());
            Files.delete(policy);
            cluster.await("the node's KsmNode", () -> cluster.ksmNode() != null);

            List<Double> firstStatus = new ArrayList<>();
            SamepageProcess agent = null;
            for (int i = 0; i < STARTS; i++) {
                if (agent != null) {
                    cluster.stop(agent);
                }
                TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
                CompletableFuture<Long> reported = new CompletableFuture<>();
                try (Watch _ = cluster.client()
                        .resources(KsmNode.class)
                        .withName(cluster.name())
                        .watch(new FirstReport(reported))) {
                    agent = cluster.startAgent(host.directories());
                    firstStatus.add((reported.get(GIVE_UP_SECONDS, TimeUnit.SECONDS) - agent.startNanos()) / 1e6);
                }
            }
            if (agent != null) {
                double firstBoost = boost(agent, GUESTS);
                rest(agent, operator);
                bars.title("The same agent, while ksmd works for new guests:");
                bars.atMost(
                        "CPU during a boost for %d more guests".formatted(MORE_GUESTS),
                        boost(agent, MORE_GUESTS),
                        2,
                        "% of a core");
                bars.figure("the same in the agent's first minute, for the first guests", firstBoost, "% of a core");
                reportStart(new Spread(firstStatus));
                reportOperator(operator);
            }
            cluster.release();
        }
    }

    /** What the agent uses while ksmd makes a boost for new guests, in per cent of a core. */
    private double boost(SamepageProcess agent, int guests) throws IOException, InterruptedException {
        host.startGuests(guests);
        awaitRun(1);
        double cpuBefore = ProcessFigures.cpuSeconds(agent.pid());
        long start = System.nanoTime();
        awaitRun(0);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (seconds < SHORTEST_BOOST_SECONDS) {
            throw new IllegalStateException("the boost took only %.1f s, too short to measure".formatted(seconds));
        }
        return 100 * (ProcessFigures.cpuSeconds(agent.pid()) - cpuBefore) / seconds;
    }

    private void awaitRun(long value) throws IOException, InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_BOOST_SECONDS);
        while (host.knobs().getOrDefault(Knob.RUN, -1L) != value) {
            if (System.nanoTime() > giveUp) {
                throw new IllegalStateException("run has not become " + value);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    /** The kubelet's probes and Prometheus's scrapes are part of a rest. */
    private void rest(SamepageProcess agent, SamepageProcess operator) throws IOException, InterruptedException {
        probe(agent, operator, SETTLE_SECONDS);
        double cpuBefore = ProcessFigures.cpuSeconds(agent.pid());
        long start = System.nanoTime();
        probe(agent, operator, REST_SECONDS);
        double cpu = ProcessFigures.cpuSeconds(agent.pid()) - cpuBefore;
        double seconds = (System.nanoTime() - start) / 1e9;

        bars.title("The agent, with %d guests, at rest for %d s, on %s:"
                .formatted(GUESTS, SETTLE_SECONDS + REST_SECONDS, host.kernel()));
        bars.atMost("resident", ProcessFigures.residentMebibytes(agent.pid()), 96, "MiB");
        bars.atMost("of that anonymous", ProcessFigures.anonymousMebibytes(agent.pid()), 48, "MiB");
        bars.atMost("CPU over the last %d s of that".formatted(REST_SECONDS), 100 * cpu / seconds, 0.5, "% of a core");
    }

    private void reportStart(Spread firstStatus) {
        bars.title("Agents that start:");
        bars.atMost("start to first status in the API server, median of " + STARTS, firstStatus.median(), 1000, "ms");
        bars.figure("the same, fastest", firstStatus.min(), "ms");
        bars.figure("the same, slowest", firstStatus.max(), "ms");
    }

    private void reportOperator(SamepageProcess operator) throws IOException {
        bars.title("The operator, with one node:");
        bars.atMost("resident", ProcessFigures.residentMebibytes(operator.pid()), 200, "MiB");
        bars.figure("of that anonymous", ProcessFigures.anonymousMebibytes(operator.pid()), "MiB");
    }

    private static void probe(SamepageProcess agent, SamepageProcess operator, int seconds)
            throws InterruptedException {
        for (int passed = 0; passed < seconds; passed += PROBE_EVERY_SECONDS) {
            boolean answered = agent.answers("/readyz")
                    && agent.answers("/metrics")
                    && operator.answers("/q/health/live")
                    && operator.answers("/q/metrics");
            if (!answered) {
                throw new IllegalStateException("a probe was not answered. See " + OneNode.LOGS);
            }
            TimeUnit.SECONDS.sleep(PROBE_EVERY_SECONDS);
        }
    }

    /** Completed with the moment at which the KsmNode changes for the first time; that it is there already does not count. */
    private record FirstReport(CompletableFuture<Long> reported) implements Watcher<KsmNode> {
        @Override
        public void eventReceived(Action action, KsmNode ksmNode) {
            if (action == Action.MODIFIED && ksmNode.getStatus() != null) {
                reported.complete(System.nanoTime());
            }
        }

        @Override
        public void onClose(@Nullable WatcherException cause) {
            reported.completeExceptionally(new IllegalStateException("the watch ended", cause));
        }
    }
}
