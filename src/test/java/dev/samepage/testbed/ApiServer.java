package dev.samepage.testbed;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfig;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A real Kubernetes API server with its etcd, on loopback addresses, empty at the start: no controllers, no nodes, no
 * kubelet. RBAC decides what a user may do; {@link #client()} and {@link #kubectl} may do everything.
 *
 * <p>It ends with {@link #close()}, else with this JVM however that ends, and leaves nothing behind. There is no shutdown
 * hook: those of others may still need it.
 */
public final class ApiServer implements AutoCloseable {
    private static final String CRDS = "crds";
    private static final int STARTUP_TIMEOUT_MILLIS = 120_000;
    private static final int ATTEMPTS = 3;

    private final ServerBinaries binaries;
    private final ServerHome home;
    private final KubeAPIServer processes;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<KubernetesClient> clients = Collections.synchronizedList(new ArrayList<>());
    private final KubernetesClient client;

    private ApiServer(ServerBinaries binaries, ServerHome home, KubeAPIServer processes) throws IOException {
        this.binaries = binaries;
        this.home = home;
        this.processes = processes;
        Files.writeString(home.kubeconfig(), processes.getKubeConfigYaml());
        client = connect(config());
    }

    /**
     * Finds the programs and starts a server; about 5 s where they are at hand.
     *
     * @param progress given a line for a person where it takes longer
     * @throws UnavailableException if the programs are not to be had; the message says what would help
     */
    public static ApiServer start(Consumer<String> progress) throws UnavailableException {
        return start(ServerBinaries.find(progress));
    }

    /**
     * Starts a server from the programs given.
     *
     * @throws IllegalStateException if it does not become ready, with the last lines of its logs
     */
    public static ApiServer start(ServerBinaries binaries) {
        try {
            for (int attempt = 1; ; attempt++) {
                ServerHome home = ServerHome.create(binaries);
                var processes = new KubeAPIServer(config(home, binaries));
                try {
                    processes.start();
                    return new ApiServer(binaries, home, processes);
                } catch (KubeAPITestException e) {
                    String lastWords = home.lastWords();
                    stop(processes, home);
                    // Ports are picked free and bound later; somebody else can be faster.
                    if (attempt == ATTEMPTS || !lastWords.contains("address already in use")) {
                        throw new IllegalStateException("The API server did not start: " + lastWords, e);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything is given here, because what is not would be read from environment variables. */
    private static KubeAPIServerConfig config(ServerHome home, ServerBinaries binaries) {
        return KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(home.root().toString())
                .withApiServerVersion(binaries.version())
                .withOfflineMode(true)
                .withUpdateKubeConfig(false)
                .withWaitForEtcdHealthCheckOnStartup(false)
                .withStartupTimeout(STARTUP_TIMEOUT_MILLIS)
                .withApiServerFlag("--bind-address", "127.0.0.1")
                .withApiServerFlag("--advertise-address", "127.0.0.1")
                // Nobody looks for the service `kubernetes`, and its endpoint may not be a loopback address.
                .withApiServerFlag("--endpoint-reconciler-type", "none")
                .withApiServerFlag("--audit-policy-file", home.auditPolicy().toString())
                .withApiServerFlag("--audit-log-path", home.auditLog().toString())
                .build();
    }

    /** A kubeconfig file of the cluster's administrator. */
    public Path kubeconfig() {
        return home.kubeconfig();
    }

    /** The version it runs, such as 1.34.4. */
    public String version() {
        return binaries.version();
    }

    /** The administrator's client; closed with the server. */
    public KubernetesClient client() {
        return client;
    }

    /**
     * A client that acts as another user; closed with the server.
     *
     * @param user a user, or a service account as {@code system:serviceaccount:NAMESPACE:NAME}, whose groups are implied
     */
    public KubernetesClient clientAs(String user) {
        return clientAs(user, Map.of());
    }

    /**
     * A client that acts as another user whose token has claims, such as {@code authentication.kubernetes.io/node-name}.
     *
     * @param user a user, or a service account as {@code system:serviceaccount:NAMESPACE:NAME}, whose groups are implied
     * @param extra the value of each claim
     */
    public KubernetesClient clientAs(String user, Map<String, String> extra) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        // A slash is not allowed in the name of an HTTP header, and the client passes it on as it is.
        extra.forEach((name, value) -> headers.put(URLEncoder.encode(name, StandardCharsets.UTF_8), List.of(value)));
        return connect(new ConfigBuilder(config())
                .withImpersonateUsername(user)
                .withImpersonateExtras(headers)
                .build());
    }

    private Config config() {
        return Config.fromKubeconfig(home.kubeconfig().toFile());
    }

    private KubernetesClient connect(Config config) {
        KubernetesClient connected = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        clients.add(connected);
        return connected;
    }

    /** Runs kubectl as the administrator. */
    public Command.Output kubectl(String... arguments) {
        return kubectlReading("", arguments);
    }

    /** Runs kubectl as the administrator with something to read, for {@code -f -}. */
    public Command.Output kubectlReading(String stdin, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(home.kubectl(version()).toString());
        words.addAll(List.of(arguments));
        return new Command(words, Map.of("KUBECONFIG", kubeconfig().toString())).run(stdin);
    }

    /** Runs a script of the shell, for which kubectl is on the PATH and the administrator's. */
    public Command.Output shell(String script) {
        String path = home.kubectl(version()).getParent() + ":" + System.getenv("PATH");
        return new Command(
                        List.of("sh", "-euc", script),
                        Map.of("KUBECONFIG", kubeconfig().toString(), "PATH", path))
                .run();
    }

    /**
     * Applies what crds/kustomization.yaml names and waits until the API server serves the kinds.
     *
     * @throws IllegalStateException if one is refused, with kubectl's words
     */
    public void applyCrds() {
        kubectl("apply", "--server-side", "--kustomize", CRDS).orThrow();
        kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
                .orThrow();
    }

    /** What the server was asked since its start. */
    public AuditLog auditLog() {
        return new AuditLog(home.auditLog(), 0);
    }

    @Override
    public void close() {
        if (stopped.compareAndSet(false, true)) {
            clients.forEach(KubernetesClient::close);
            stop(processes, home);
        }
    }

    private static void stop(KubeAPIServer processes, ServerHome home) {
        try {
            processes.stop();
        } catch (KubeAPITestException e) {
            // It had stopped by itself, and its data is gone already.
        }
        try {
            new FileTree(home.root()).delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
