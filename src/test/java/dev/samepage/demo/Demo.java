package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KsmLoan;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The demo, from top to bottom: a policy applied with kubectl changes the kernel and reports back what it saves; deleted, it leaves
 * every knob as it was found. Ends with 0, or with 1 where something was not as it should be.
 */
public final class Demo {
    private static final String POLICY = "manifests/examples/fixed.yaml";
    private static final String TABLE = "get ksmp,ksmn";
    private static final int GUESTS = 10;
    private static final Duration BETWEEN_TABLES = Duration.ofSeconds(3);
    private static final int SHORTEST_SECONDS = 10;

    private final Screen screen = new Screen(System.out);
    private final Undo undo = new Undo();
    private final Duration length;
    private final boolean simulated;

    private Demo(Duration length, boolean simulated) {
        this.length = length;
        this.simulated = simulated;
    }

    /** Takes the system properties {@code demo.seconds} (60) and {@code demo.simulated} (false). */
    public static void main(String... args) {
        int seconds = Math.max(SHORTEST_SECONDS, Integer.getInteger("demo.seconds", 60));
        var demo = new Demo(Duration.ofSeconds(seconds), Boolean.getBoolean("demo.simulated"));
        System.exit(demo.run() ? 0 : 1);
    }

    private boolean run() {
        Thread script = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> endEarly(script)));
        boolean succeeded = false;
        try {
            play();
            succeeded = true;
        } catch (IOException | UnavailableException | InterruptedException | RuntimeException e) {
            if (!undo.begun()) {
                screen.blank();
                screen.say("The demo failed: " + e.getMessage());
            }
        }
        boolean undone = undo.run();
        if (succeeded && undone) {
            screen.blank();
            screen.say("That was it. Everything that the demo started has ended.");
        }
        return succeeded && undone;
    }

    /** Ctrl-C: the script stops where it is, and what it did is undone. */
    private void endEarly(Thread script) {
        if (!undo.begun()) {
            undo.begin();
            screen.takeOver();
            screen.blank();
            screen.say("Ended early: putting everything back...");
            script.interrupt();
            screen.say(undo.run() ? "Everything is as it was found." : "See above for what is not as it was found.");
        }
        undo.run();
    }

    private void play() throws IOException, UnavailableException, InterruptedException {
        DemoHost host = undo.later("give this machine's KSM back as it was found", host());
        screen.title("Samepage's demo on " + host.kernel());
        screen.say("Takes about %d s once everything runs. Ctrl-C ends it and puts everything back."
                .formatted(length.toSeconds()));

        screen.step("Start a Kubernetes API server");
        OneNode cluster = undo.later("stop the API server", OneNode.start(host.nodeName(), screen::say));
        screen.say(
                "Kubernetes %s is ready. To look around yourself, in a second terminal:".formatted(cluster.version()));
        screen.blank();
        screen.say("export KUBECONFIG=" + cluster.kubeconfig());

        screen.step("Install Samepage");
        String installed = cluster.install();
        screen.command("kubectl apply --server-side -k manifests", installed);

        screen.step("Register this host as a node; it has no kubelet, so the demo starts operator and agent itself");
        screen.say(cluster.register());
        cluster.startOperator();
        undo.later("delete the policies and restore the knobs", () -> release(cluster));
        cluster.startHealthyAgent(host.directories(), "--report-every", "2s");
        screen.say("target/samepage operator  runs, log in target/demo/operator.log");
        screen.say("target/samepage agent     runs, log in target/demo/agent.log");

        screen.step("Start %d guests, with %d MiB each that all have in common and %d MiB that nobody else has"
                .formatted(GUESTS, DemoHost.COMMON_MEBIBYTES, DemoHost.UNIQUE_MEBIBYTES));
        host.startGuests(GUESTS);
        screen.say("Ready. The most that merging can save is %d copies of the common part: %d MiB."
                .formatted(GUESTS - 1, (GUESTS - 1) * DemoHost.COMMON_MEBIBYTES));

        screen.step("Apply a policy");
        long start = System.nanoTime();
        kubectl(cluster, "apply -f " + POLICY);
        kubectl(cluster, "wait --for=condition=Ready --timeout=60s ksmp/fixed");
        Map<Knob, Long> applied = host.knobs();
        screen.say(changes(host.found(), applied));
        kubectl(cluster, "apply -f " + POLICY);
        kubectl(cluster, "get ksmn --field-selector status.state=Applied");

        screen.step("Watch the saving grow");
        watch(cluster, host, start, length.multipliedBy(3).dividedBy(4));

        // Linux has the advisor since 6.8.
        String second = host.found().containsKey(Knob.ADVISOR_MODE) ? "kernel-advisor" : "stopped";
        screen.step("Let another policy take over");
        kubectl(cluster, "apply -f manifests/examples/" + second + ".yaml");
        kubectl(cluster, "delete ksmp fixed");
        kubectl(cluster, "wait --for=condition=Ready --timeout=60s ksmp/" + second);
        Map<Knob, Long> appliedSecond = host.knobs();
        watch(cluster, host, start, length);

        screen.step("Delete the policy: the node is put back as it was found");
        kubectl(cluster, "delete ksmp " + second);
        cluster.await("the node to be released", () -> cluster.ksmNode() == null);
        KnobTable table = new KnobTable(host.found(), "fixed", applied, second, appliedSecond, host.knobs());
        screen.blank();
        screen.say(simulated(host, "The files of " + host.directories().ksm()));
        screen.blank();
        screen.say(table.toString());
        if (!table.different().isEmpty()) {
            throw new IllegalStateException("these knobs are not as they were found: " + table.different());
        }
    }

    private DemoHost host() throws IOException {
        Optional<String> missing = simulated ? Optional.of("-Ddemo.simulated=true asks for it.") : KsmLoan.missing();
        if (missing.isPresent()) {
            screen.blank();
            screen.say("The demo goes on with a simulated kernel, and every table says so: " + missing.orElseThrow());
            return SimulatedHost.start();
        }
        return RealHost.take(screen::say);
    }

    private void kubectl(OneNode cluster, String arguments) throws InterruptedException {
        if (undo.begun()) {
            throw new InterruptedException();
        }
        screen.command("kubectl " + arguments, cluster.mustKubectl(arguments.split(" ")));
    }

    /** Prints the table until so long after the start. */
    private void watch(OneNode cluster, DemoHost host, long start, Duration until) throws InterruptedException {
        long left = until.toNanos() - (System.nanoTime() - start);
        while (left > BETWEEN_TABLES.toNanos() / 2) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, BETWEEN_TABLES.toNanos()));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
            screen.command(
                    simulated(host, "kubectl %s      # after %d s".formatted(TABLE, seconds)),
                    cluster.mustKubectl(TABLE.split(" ")));
            left = until.toNanos() - (System.nanoTime() - start);
        }
    }

    private static String simulated(DemoHost host, String text) {
        return host instanceof SimulatedHost ? text + " (simulated)" : text;
    }

    /** What a policy changed, a line for each knob. */
    private static String changes(Map<Knob, Long> found, Map<Knob, Long> now) {
        return found.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(now.get(entry.getKey())))
                .map(entry ->
                        "%s %s (was %d)".formatted(entry.getKey().file(), now.get(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining(", ", "In the kernel now: ", "."));
    }

    /** Has the agent put the knobs back, also where the script has been cut short. */
    private void release(OneNode cluster) {
        try {
            cluster.release();
        } catch (RuntimeException e) {
            screen.say("The agent did not put the knobs back (%s): the demo does it.".formatted(e.getMessage()));
        }
    }
}
