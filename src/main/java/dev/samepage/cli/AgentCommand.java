package dev.samepage.cli;

import dev.samepage.agent.Activity;
import dev.samepage.agent.Agent;
import dev.samepage.agent.AgentLoop;
import dev.samepage.agent.ApiConnection;
import dev.samepage.agent.Endpoint;
import dev.samepage.agent.Host;
import dev.samepage.agent.KsmNodeClient;
import dev.samepage.agent.LockedDirectory;
import dev.samepage.agent.NodeMetrics;
import dev.samepage.agent.ReportSchedule;
import dev.samepage.agent.StateDirectory;
import dev.samepage.kernel.HostProc;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code samepage agent}: runs on each node, from a DaemonSet. */
@Command(
        name = "agent",
        description =
                "Keeps one node's KSM as its KsmNode says, and reports there. Runs on the node, as root, from a DaemonSet."
                        + " The API server is the kubeconfig's, or the one of the pod it runs in.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class AgentCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(AgentCommand.class);
    private static final long LONGEST_END_SECONDS = 20;

    @Option(
            names = "--node",
            paramLabel = "NAME",
            required = true,
            description = "The name of the node that the agent runs on.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String node;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private HostOptions hostOptions;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "0.0.0.0:9753",
            converter = Addresses.class,
            description = "Where /metrics, /healthz and /readyz are served (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private InetSocketAddress listen;

    @Option(
            names = "--report-every",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = Durations.class,
            description =
                    "How often figures that move are written to the KsmNode (default: ${DEFAULT-VALUE}). Changes are"
                            + " written at once.")
    @SuppressWarnings("NullAway.Init")
    private Duration reportEvery;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Supplier<ApiConnection> connection;

    AgentCommand() {
        this(AgentCommand::connect);
    }

    private AgentCommand(Supplier<ApiConnection> connection) {
        this.connection = connection;
    }

    /** An agent whose client is made while the command line is still being read: it is to report soon after its start. */
    static AgentCommand inAHurry() {
        var connection = CompletableFuture.supplyAsync(AgentCommand::connect);
        return new AgentCommand(() -> {
            try {
                return connection.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : e;
            }
        });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ApiServerAddress.here().missing().ifPresent(this::fail);
        Clock clock = Clock.systemUTC();
        Host host = hostOptions.host(clock);
        Activity activity = new Activity();
        AgentLoop loop = new AgentLoop(activity);
        CountDownLatch ended = new CountDownLatch(1);
        try (ApiConnection connected = connection.get();
                KsmNodeClient controlPlane = new KsmNodeClient(connected, node, loop::wake, activity);
                Endpoint endpoint = new Endpoint(
                        listen,
                        loop,
                        new NodeMetrics(new HostProc(hostOptions.proc), Path.of("/proc"), activity, Version.number()));
                LockedDirectory state = locked(hostOptions.stateDirectory())) {
            ReportSchedule schedule = new ReportSchedule(
                    reportEvery, () -> ThreadLocalRandom.current().nextDouble());
            Agent agent = new Agent(node, host, state, controlPlane, schedule, System::nanoTime, activity);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(loop, ended)));
            log.atInfo()
                    .addKeyValue("node", node)
                    .addKeyValue("ksm", hostOptions.ksm)
                    .addKeyValue("port", endpoint.port())
                    .log("Agent started");
            host.unavailable()
                    .ifPresent(why -> log.atWarn().addKeyValue("node", node).log(why));
            loop.run(agent);
            log.atInfo().addKeyValue("node", node).log("Agent ends; the node's settings stay as they are");
        } finally {
            ended.countDown();
        }
        return 0;
    }

    private void fail(String why) {
        throw new ParameterException(spec.commandLine(), why);
    }

    private static ApiConnection connect() {
        return ApiConnection.to(new ConfigBuilder().build());
    }

    /** Another agent may just be ending; a {@code samepage local} may take longer. Where it cannot be locked the agent is to say so. */
    private static LockedDirectory locked(StateDirectory directory) throws InterruptedException {
        LockedDirectory state = new LockedDirectory(directory);
        boolean said = false;
        try {
            while (!state.lock()) {
                if (!said) {
                    log.atWarn().addKeyValue("state", state).log("Waiting: another samepage works on this host");
                    said = true;
                }
                Thread.sleep(Duration.ofSeconds(1));
            }
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("state", state)
                    .addKeyValue("error", e)
                    .log("State directory cannot be locked: nothing is changed on this node until it can");
        }
        return state;
    }

    /** Lets the round under way end, so that no step is cut in two without need. */
    private static void end(AgentLoop loop, CountDownLatch ended) {
        loop.stop();
        try {
            if (!ended.await(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                log.atWarn().log("The round under way has not ended; a later start goes on from there");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
