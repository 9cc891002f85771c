package dev.samepage.demo;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.Loopback;
import dev.samepage.testbed.UnavailableException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of one node with Samepage: a real API server, what {@code manifests/} installs, and operator and agent as processes of this
 * machine, because no kubelet runs them. Each reaches the API server as its pod would, with the rights of its service account and no others.
 */
public final class OneNode implements AutoCloseable {
    /** Where the output of operator and agent goes. */
    public static final Path LOGS = Path.of("target", "demo");

    private static final String NAMESPACE = "samepage-system";
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final long BEAT_MILLIS = 50;

    private final ApiServer server;
    private final String name;
    private final List<SamepageProcess> processes = new ArrayList<>();

    private OneNode(ApiServer server, String name) {
        this.server = server;
        this.name = name;
    }

    /**
     * Starts the API server.
     *
     * @param name the node's name
     * @param progress given a line for a person where it takes longer
     * @throws UnavailableException where no API server is to be had here
     */
    public static OneNode start(String name, Consumer<String> progress) throws UnavailableException {
        return new OneNode(ApiServer.start(progress), name);
    }

    /** The node's name. */
    public String name() {
        return name;
    }

    /** The API server's version, such as 1.34.4. */
    public String version() {
        return server.version();
    }

    /** Its administrator's kubeconfig. */
    public Path kubeconfig() {
        return server.kubeconfig();
    }

    /** Its administrator's client. */
    public KubernetesClient client() {
        return server.client();
    }

    /** What its API server was asked. */
    public AuditLog auditLog() {
        return server.auditLog();
    }

    /** Runs kubectl as its administrator. */
    public Command.Output kubectl(String... arguments) {
        return server.kubectl(arguments);
    }

    /**
     * Runs kubectl as its administrator.
     *
     * @return what it printed
     * @throws IllegalStateException if it failed, with its words
     */
    public String mustKubectl(String... arguments) {
        Command.Output output = kubectl(arguments);
        if (!output.succeeded()) {
            throw new IllegalStateException("kubectl %s failed: %s"
                    .formatted(String.join(" ", arguments), output.stderr().strip()));
        }
        return output.stdout();
    }

    /** Installs what an administrator would, and waits until the API server serves the kinds; gives what kubectl said. */
    public String install() {
        String said = mustKubectl("apply", "--server-side", "-k", "manifests");
        mustKubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all");
        return said;
    }

    /** Registers the node, as its kubelet would, as one that may run virtual machines. */
    public String register() {
        String node = """
                apiVersion: v1
                kind: Node
                metadata:
                  name: %1$s
                  labels:
                    kubernetes.io/hostname: %1$s
                    kubernetes.io/os: linux
                    kubevirt.io/schedulable: "true"
                """.formatted(name);
        Command.Output output = server.kubectlReading(node, "apply", "-f", "-");
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr().strip());
        }
        return output.stdout();
    }

    /** Starts the operator and waits until it says that it is ready. */
    public SamepageProcess startOperator() {
        return startOperator(Map.of());
    }

    /**
     * Starts the operator with settings of its own and waits until it says that it is ready.
     *
     * @param settings environment variables, such as SAMEPAGE_AGENT_LINGER
     */
    public SamepageProcess startOperator(Map<String, String> settings) {
        int port = Loopback.freePort();
        Map<String, String> environment = new HashMap<>(podOf("samepage-operator"));
        environment.putAll(settings);
        SamepageProcess operator = started(SamepageProcess.start(
                LOGS.resolve("operator.log"),
                environment,
                port,
                List.of(
                        "operator",
                        "--namespace",
                        NAMESPACE,
                        "--agent-manifest",
                        Path.of("manifests", "agent", "daemonset.yaml").toString(),
                        "--port",
                        Integer.toString(port))));
        await("the operator to be ready (%s)".formatted(operator.log()), () -> operator.answers("/q/health/ready"));
        return operator;
    }

    /** Starts the agent and waits until its loop runs. */
    public SamepageProcess startHealthyAgent(HostDirectories host, String... options) {
        SamepageProcess agent = startAgent(host, options);
        await("the agent to be ready (%s)".formatted(agent.log()), () -> agent.answers("/readyz"));
        return agent;
    }

    /** Starts the agent and does not wait for it. */
    public SamepageProcess startAgent(HostDirectories host, String... options) {
        int port = Loopback.freePort();
        List<String> arguments = new ArrayList<>(List.of("agent", "--node", name));
        arguments.addAll(host.options());
        arguments.addAll(List.of("--listen", "127.0.0.1:" + port));
        arguments.addAll(List.of(options));
        Path log = LOGS.resolve("agent.log");
        return started(SamepageProcess.start(log, podOf("samepage-agent", onThisNode()), port, arguments));
    }

    /** Ends one process of Samepage. */
    public synchronized void stop(SamepageProcess process) {
        processes.remove(process);
        process.close();
    }

    private synchronized SamepageProcess started(SamepageProcess process) {
        processes.add(process);
        return process;
    }

    /** The node's KsmNode; null while there is none. */
    public @Nullable KsmNode ksmNode() {
        return client().resources(KsmNode.class).withName(name).get();
    }

    /** Deletes every policy and waits until the node is released, which its KsmNode's end says. */
    public void release() {
        client().resources(KsmPolicy.class).delete();
        await("the node to be released", () -> ksmNode() == null);
    }

    /**
     * Waits for something that does not take long.
     *
     * @throws IllegalStateException if it takes longer than a minute, or a process of Samepage has ended
     */
    public void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            for (SamepageProcess process : processes) {
                if (process.hasEndedByItself()) {
                    throw new IllegalStateException("Waited for %s, but a process has ended. The end of %s:%n%s"
                            .formatted(what, process.log(), process.lastWords()));
                }
            }
            if (System.nanoTime() - start > LONG_ENOUGH.toNanos()) {
                throw new IllegalStateException("Waited for %s in vain for %d s. See the logs in %s."
                        .formatted(what, LONG_ENOUGH.toSeconds(), LOGS));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(BEAT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Lets a token name the node, as the token of a pod names the node that the pod is on. */
    private String[] onThisNode() {
        return new String[] {"--bound-object-kind=Node", "--bound-object-name=" + name};
    }

    /** What the pods of this service account are given: the API server's address, their token and its certificate authority. */
    private Map<String, String> podOf(String serviceAccount, String... tokenOptions) {
        Config administrator = client().getConfiguration();
        URI address = URI.create(administrator.getMasterUrl());
        List<String> createToken =
                new ArrayList<>(List.of("-n", NAMESPACE, "create", "token", serviceAccount, "--duration=24h"));
        createToken.addAll(List.of(tokenOptions));
        String token = mustKubectl(createToken.toArray(String[]::new)).strip();
        try {
            Path directory = Files.createDirectories(kubeconfig().resolveSibling(serviceAccount));
            return Map.of(
                    "KUBERNETES_SERVICE_HOST",
                    address.getHost(),
                    "KUBERNETES_SERVICE_PORT",
                    Integer.toString(address.getPort()),
                    "KUBERNETES_AUTH_TRYKUBECONFIG",
                    "false",
                    "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                    Files.writeString(directory.resolve("token"), token).toString(),
                    "KUBERNETES_CERTS_CA_FILE",
                    Files.write(directory.resolve("ca.crt"), authority(administrator))
                            .toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] authority(Config config) throws IOException {
        String data = config.getCaCertData();
        return data != null ? Base64.getDecoder().decode(data) : Files.readAllBytes(Path.of(config.getCaCertFile()));
    }

    /** Ends the processes, the newest first, then the API server. Nothing is deleted or restored before. */
    @Override
    public synchronized void close() {
        processes.reversed().forEach(SamepageProcess::close);
        processes.clear();
        server.close();
    }
}
