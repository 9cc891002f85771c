package dev.samepage.cli;

import dev.samepage.operator.OperatorApplication;
import io.quarkus.runtime.Quarkus;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code samepage operator}: runs once in a cluster. */
@Command(
        name = "operator",
        description =
                "Gives every node its KsmNode, keeps the agent's DaemonSet, and reports in each KsmPolicy. Runs once in a"
                        + " cluster. The API server is the kubeconfig's, or the one of the pod it runs in.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class OperatorCommand implements Callable<Integer> {
    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            defaultValue = "samepage-system",
            description = "Where the agent's DaemonSet lives (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String namespace;

    @Option(
            names = "--agent-manifest",
            paramLabel = "FILE",
            defaultValue = "/etc/samepage/agent.yaml",
            description = "The agent's DaemonSet, as a manifest (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Path agentManifest;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Where /q/health and /q/metrics are served (default: ${DEFAULT-VALUE}).")
    private int port;

    @Override
    public Integer call() {
        System.setProperty("samepage.namespace", namespace);
        System.setProperty(
                "samepage.agent.manifest", agentManifest.toAbsolutePath().toString());
        System.setProperty("quarkus.http.port", Integer.toString(port));
        Quarkus.run(OperatorApplication.class);
        return 0;
    }
}
