package dev.samepage.measure;

import dev.samepage.demo.DemoHost;
import dev.samepage.demo.OneNode;
import dev.samepage.kernel.Knob;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How long it takes from the start of {@code kubectl apply} until the kernel's knobs are as the policy wants. */
final class Apply {
    private static final int TIMES = 20;
    private static final long PAUSE_MILLIS = 1500;
    private static final long GIVE_UP_SECONDS = 60;
    private static final double BAR_MILLIS = 2000;

    private final DemoHost host;
    private final Bars bars;

    Apply(DemoHost host, Bars bars) {
        this.host = host;
        this.bars = bars;
    }

    void run() throws UnavailableException, IOException, InterruptedException, ExecutionException, TimeoutException {
        try (OneNode cluster = OneNode.start(host.nodeName(), bars::say);
                ExecutorService kubectl = Executors.newVirtualThreadPerTaskExecutor()) {
            cluster.install();
            cluster.register();
            cluster.startOperator();
            cluster.startHealthyAgent(host.directories());
            List<Double> all = new ArrayList<>();
            List<Double> kubectlAlone = new ArrayList<>();
            for (int i = -1; i < TIMES; i++) {
                long pagesToScan = i % 2 == 0 ? 200 : 300;
                Path file = Files.writeString(
                        Files.createDirectories(OneNode.LOGS).resolve("measured.yaml"), policy(pagesToScan));
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                long start = System.nanoTime();
                Future<Double> said = kubectl.submit(() -> {
                    cluster.mustKubectl("apply", "-f", file.toString());
                    return millisSince(start);
                });
                double inPlace = awaitKnobs(pagesToScan, start);
                double kubectlEnded = said.get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
                if (i >= 0) {
                    all.add(inPlace);
                    kubectlAlone.add(kubectlEnded);
                }
            }
            cluster.release();
            report(new Spread(all), new Spread(kubectlAlone));
        }
    }

    private static String policy(long pagesToScan) {
        return """
                apiVersion: ksm.samepage.dev/v1alpha1
                kind: KsmPolicy
                metadata: {name: measured}
                spec:
                  nodeSelector: {}
                  mode: Fixed
                  fixed: {pagesToScan: %d, sleepMillis: 50}
                """.formatted(pagesToScan);
    }

    private double awaitKnobs(long pagesToScan, long start) throws IOException, InterruptedException {
        Path knob = host.directories().ksm().resolve(Knob.PAGES_TO_SCAN.file());
        Path run = host.directories().ksm().resolve(Knob.RUN.file());
        String wanted = Long.toString(pagesToScan);
        while (!Files.readString(knob).strip().equals(wanted)
                || !Files.readString(run).strip().equals("1")) {
            if (millisSince(start) > TimeUnit.SECONDS.toMillis(GIVE_UP_SECONDS)) {
                throw new IllegalStateException(
                        knob + " is not " + wanted + " after " + GIVE_UP_SECONDS + " s. See " + OneNode.LOGS);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return millisSince(start);
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private void report(Spread inPlace, Spread kubectl) {
        bars.title("From kubectl apply to the knobs in place, %d times, on %s:".formatted(TIMES, host.kernel()));
        bars.figure("min", inPlace.min(), "ms");
        bars.figure("median", inPlace.median(), "ms");
        bars.atMost("p95", inPlace.percentile(95), BAR_MILLIS, "ms");
        bars.figure("max", inPlace.max(), "ms");
        bars.figure("kubectl apply itself, until it ends, median", kubectl.median(), "ms");
    }
}
