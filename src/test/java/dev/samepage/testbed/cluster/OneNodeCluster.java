package dev.samepage.testbed.cluster;

import dev.samepage.testbed.AuditLog;
import dev.samepage.testbed.Command;
import dev.samepage.testbed.LogFile;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A real Kubernetes cluster of one node on this machine's kernel, in a network of its own: pods run, and what they do to
 * /sys/kernel/mm/ksm they do to this machine. There is no registry of images, no name service and no kube-proxy: pods are
 * reached by their own addresses, and the API server by that of its service.
 *
 * <p>It ends with {@link #close()}, else with this JVM however that ends, and leaves nothing behind but empty directories
 * such as /run/containerd. There is no shutdown hook: those of others may still need it.
 */
public final class OneNodeCluster implements AutoCloseable {
    /** The only node. */
    public static final String NODE = Node.NAME;

    /** The image of a guest: a program with mergeable memory that takes {@code GuestMemory.options()} and logs ready. */
    public static final String GUEST_IMAGE = "guest:testbed";

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final ClusterPrograms programs;
    private final Enclosure enclosure;
    private final ControlPlane controlPlane;
    private final Node node;

    private OneNodeCluster(ClusterPrograms programs, Enclosure enclosure) throws IOException {
        this.programs = programs;
        this.enclosure = enclosure;
        controlPlane = ControlPlane.prepare(programs, enclosure);
        node = Node.prepare(programs, enclosure, controlPlane.nodeConfig());
        Files.createDirectory(home());
        Files.createDirectory(bin());
        addProgram(programs.built("kubectl"));
    }

    /**
     * Finds the programs and starts a cluster: some 15 s where they are at hand, 15 minutes where all have to be built.
     *
     * @param progress given a line for a person where it takes longer
     * @return a cluster whose node is Ready
     * @throws UnavailableException if a cluster cannot run here; the message says what would help
     * @throws IllegalStateException if it does not become ready, with the last lines of every part's log
     */
    public static OneNodeCluster start(Consumer<String> progress) throws UnavailableException {
        ClusterPrograms programs = ClusterPrograms.find(progress);
        try {
            Enclosure enclosure = Enclosure.open(ControlPlane.SERVICE_ADDRESS + "/32", Node.ADDRESS + "/32");
            boolean started = false;
            try {
                var cluster = new OneNodeCluster(programs, enclosure);
                cluster.start();
                started = true;
                return cluster;
            } finally {
                if (!started) {
                    enclosure.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void start() throws IOException {
        node.containerd().start();
        controlPlane.etcd().start();
        controlPlane.apiServer().start();
        until("containerd listens", () -> Files.exists(node.containerdSocket()));
        importProgram(Node.PAUSE_IMAGE, "pause");
        importProgram(GUEST_IMAGE, "guest");
        untilApiServerIsReady();
        controlPlane.controllerManager().start();
        controlPlane.scheduler().start();
        node.kubelet().start();
        until(
                "the node is Ready",
                () -> kubectl("wait", "--for=condition=Ready", "--timeout=5s", "node/" + NODE)
                        .succeeded());
        until(
                "pods may be created",
                () -> kubectl("get", "serviceaccount", "default").succeeded());
    }

    private void importProgram(String image, String program) throws IOException {
        Path file = enclosure.directory().resolve(program + ".tar");
        new ImageArchive(image, programs.built(program)).write(file);
        importImage(file);
    }

    /**
     * Gives the node an image.
     *
     * @param tar a file as docker save writes it, also OCI's layout as a tar; the image is known by the name in it, and pods
     *     that use it need an imagePullPolicy of IfNotPresent or Never
     */
    public void importImage(Path tar) {
        new Command(enclosure.inside(Node.importCommand(tar)), Map.of()).run().orThrow();
    }

    /** Gives an image of the node another name too, as if another version had been imported. */
    public void tagImage(String name, String another) {
        new Command(enclosure.inside(Node.tagCommand(name, another)), Map.of())
                .run()
                .orThrow();
    }

    /** Runs kubectl as the administrator. */
    public Command.Output kubectl(String... arguments) {
        return kubectlReading("", arguments);
    }

    /** Runs kubectl as the administrator with something to read, for {@code -f -}. */
    public Command.Output kubectlReading(String stdin, String... arguments) {
        return command(Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toArray(String[]::new))
                .run(stdin);
    }

    /**
     * A command for the administrator's workplace: in the present directory of this JVM and with its files, but in the
     * cluster's network, with KUBECONFIG, a home directory of its own, and kubectl and what was {@linkplain #addProgram
     * added} on the PATH.
     */
    public Command command(String... words) {
        return new Command(
                enclosure.inNetwork(List.of(words)),
                Map.of(
                        "KUBECONFIG", kubeconfig().toString(),
                        "HOME", home().toString(),
                        "PATH", bin() + ":" + System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
    }

    /** Puts a program on the PATH of {@link #command}, under its own name. */
    public void addProgram(Path executable) {
        try {
            Files.deleteIfExists(bin().resolve(executable.getFileName()));
            Files.createSymbolicLink(bin().resolve(executable.getFileName()), executable.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The administrator's kubeconfig; its address is reached from within the cluster's network only. */
    public Path kubeconfig() {
        return controlPlane.adminConfig();
    }

    /** The cluster's network, for {@code nsenter --net=}. */
    public Path network() {
        return enclosure.network();
    }

    /** Where this machine sees the node's /run/samepage, which is not this machine's own. */
    public Path agentState() {
        return enclosure.outside("/run/samepage");
    }

    /** The processes in its pods whose command line begins so, as this machine numbers them. */
    public List<Long> processes(String commandLine) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(process -> read(process, "cmdline").replace('\0', ' ').startsWith(commandLine))
                .filter(process -> read(process, "cgroup").contains(enclosure.cgroup() + "/"))
                .toList();
    }

    private static String read(long process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process), file));
        } catch (IOException ended) {
            return "";
        }
    }

    private Path home() {
        return enclosure.directory().resolve("home");
    }

    private Path bin() {
        return enclosure.directory().resolve("bin");
    }

    /** Kills the API server; pods go on. */
    public void stopApiServer() {
        controlPlane.apiServer().stop();
    }

    /** Starts it again, and returns when it answers. */
    public void startApiServer() {
        controlPlane.apiServer().start();
        untilApiServerIsReady();
    }

    /** Kills the kubelet and starts another, and returns when that is healthy; pods go on. */
    public void restartKubelet() {
        node.kubelet().stop();
        node.kubelet().start();
        until(
                "the kubelet is healthy",
                () -> kubectl("get", "--raw=/api/v1/nodes/" + NODE + "/proxy/healthz")
                        .succeeded());
    }

    /** What the API server was asked since its start. */
    public AuditLog auditLog() {
        return new AuditLog(controlPlane.auditLog(), 0);
    }

    /** The logs of the cluster's parts. */
    public List<LogFile> logs() {
        return daemons().stream().map(Daemon::log).toList();
    }

    private List<Daemon> daemons() {
        return List.of(
                controlPlane.etcd(),
                controlPlane.apiServer(),
                controlPlane.controllerManager(),
                controlPlane.scheduler(),
                node.containerd(),
                node.kubelet());
    }

    private void untilApiServerIsReady() {
        until("the API server is ready", () -> kubectl("get", "--raw=/readyz").succeeded());
    }

    /**
     * Waits.
     *
     * @throws IllegalStateException if one of the cluster's parts ends meanwhile, or it takes minutes, with the last lines
     *     of every part's log
     */
    void until(String event, BooleanSupplier happened) {
        List<Daemon> needed = daemons().stream().filter(Daemon::isRunning).toList();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!happened.getAsBoolean()) {
            List<String> ended = needed.stream()
                    .filter(daemon -> !daemon.isRunning())
                    .map(Daemon::name)
                    .toList();
            if (!ended.isEmpty() || Instant.now().isAfter(deadline)) {
                String reason = ended.isEmpty() ? "Not within " + PATIENCE.toMinutes() + " minutes" : "Ended: " + ended;
                throw new IllegalStateException(
                        reason + ", while waiting until " + event + "." + LogFile.lastWords(logs()));
            }
            try {
                Thread.sleep(BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting until " + event, e);
            }
        }
    }

    /** Ends everything that runs in the cluster and deletes everything that it has written. */
    @Override
    public void close() {
        enclosure.close();
    }
}
