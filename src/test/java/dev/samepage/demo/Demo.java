package dev.samepage.demo;

import dev.samepage.kernel.Knob;
import dev.samepage.kernel.KsmLoan;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The demo, from top to bottom: a policy applied with kubectl changes the kernel and reports back what it saves; deleted, it leaves
 * every knob as it was found. Ends with 0, or with 1 where something was not as it should be.
 */
public final class Demo {
    private static final String POLICY = "manifests/examples/adaptive.yaml";
    private static final int GUESTS = 10;
    private static final int MORE_GUESTS = 4;
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
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
        cluster.startHealthyAgent(host.directories(), "--report-every", "1s");
        screen.say("target/samepage operator  runs, log in target/demo/operator.log");
        screen.say("target/samepage agent     runs, log in target/demo/agent.log");

        screen.step("Start %d guests, with %d MiB each that all have in common and %d MiB that nobody else has"
                .formatted(GUESTS, DemoHost.GUEST.commonMebibytes(), DemoHost.GUEST.uniqueMebibytes()));
        host.startGuests(GUESTS);
        screen.say(mostThatCanBeSaved(GUESTS));

        screen.step("Apply a policy");
        Watch watch = new Watch(cluster, host, screen);
        kubectl(cluster, "apply -f " + POLICY);
        Map<Knob, Long> boosting = onceSentIn(host);
        screen.say(changes(host.found(), boosting));
        kubectl(cluster, "wait --for=condition=Ready --timeout=60s ksmp/adaptive");

        screen.step("Watch ksmd save, and rest once there is nothing more to gain");
        watch.until(length.dividedBy(2));

        screen.step("Start %d more guests: ksmd is sent in again, because their memory is new".formatted(MORE_GUESTS));
        host.startGuests(MORE_GUESTS);
        screen.say(mostThatCanBeSaved(GUESTS + MORE_GUESTS));
        watch.until(length);
        Map<Knob, Long> atLast = host.knobs();

        screen.step("Delete the policy: the node is put back as it was found");
        kubectl(cluster, "delete ksmp adaptive");
        cluster.await("the node to be released", () -> cluster.ksmNode() == null);
        KnobTable table = new KnobTable(host.found(), boosting, atLast, watch.phase(), host.knobs());
        screen.blank();
        screen.say(host.marked("The files of " + host.directories().ksm()));
        screen.blank();
        screen.say(table.toString());
        if (!table.different().isEmpty()) {
            throw new IllegalStateException("these knobs are not as they were found: " + table.different());
        }
    }

    private static String mostThatCanBeSaved(int guests) {
        int copies = guests - 1;
        return "Ready. The most that merging can save is %d copies of the common part: %d MiB."
                .formatted(copies, copies * DemoHost.GUEST.commonMebibytes());
    }

    /** The knobs once ksmd has been sent in, which is when the guests' memory has not grown for a second. */
    private static Map<Knob, Long> onceSentIn(DemoHost host) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Map<Knob, Long> now = host.knobs();
        while ((now.equals(host.found()) || now.getOrDefault(Knob.RUN, 0L) != 1)
                && System.nanoTime() - start < LONGEST_WAIT.toNanos()) {
            Thread.sleep(MOMENT);
            now = host.knobs();
        }
        return now;
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

    /** What a policy changed. */
    private static String changes(Map<Knob, Long> found, Map<Knob, Long> now) {
        if (now.equals(found)) {
            return "Nothing has changed in the kernel yet.";
        }
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
