package dev.samepage.measure;

import dev.samepage.api.KsmNode;
import dev.samepage.demo.DemoHost;
import dev.samepage.demo.OneNode;
import dev.samepage.demo.SamepageProcess;
import dev.samepage.testbed.UnavailableException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What agent and operator cost at rest, and how soon an agent reports after its start. */
final class Footprint {
    private static final int STARTS = 5;
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
            cluster.mustKubectl("apply", "-f", "manifests/examples/stopped.yaml");
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
                rest(agent, operator, new Spread(firstStatus));
            }
            cluster.release();
        }
    }

    /** The kubelet's probes and Prometheus's scrapes are part of a rest. */
    private void rest(SamepageProcess agent, SamepageProcess operator, Spread firstStatus)
            throws IOException, InterruptedException {
        probe(agent, operator, SETTLE_SECONDS);
        double cpuBefore = ProcessFigures.cpuSeconds(agent.pid());
        long start = System.nanoTime();
        probe(agent, operator, REST_SECONDS);
        double cpu = ProcessFigures.cpuSeconds(agent.pid()) - cpuBefore;
        double seconds = (System.nanoTime() - start) / 1e9;

        bars.title("The agent, at rest for %d s, on %s:".formatted(SETTLE_SECONDS + REST_SECONDS, host.kernel()));
        bars.atMost("resident", ProcessFigures.residentMebibytes(agent.pid()), 96, "MiB");
        bars.atMost("of that anonymous", ProcessFigures.anonymousMebibytes(agent.pid()), 48, "MiB");
        bars.atMost("CPU over the last %d s".formatted(REST_SECONDS), 100 * cpu / seconds, 1, "% of a core");
        bars.atMost("start to first status in the API server, median of " + STARTS, firstStatus.median(), 1000, "ms");
        bars.figure("the same, fastest", firstStatus.min(), "ms");
        bars.figure("the same, slowest", firstStatus.max(), "ms");
        bars.title("The operator, with one node:");
        bars.atMost("resident", ProcessFigures.residentMebibytes(operator.pid()), 200, "MiB");
        bars.figure("of that anonymous", ProcessFigures.anonymousMebibytes(operator.pid()), "MiB");
    }

    private static void probe(SamepageProcess agent, SamepageProcess operator, int seconds)
            throws InterruptedException {
        for (int passed = 0; passed < seconds; passed += PROBE_EVERY_SECONDS) {
            boolean answered = agent.answers("/healthz")
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
