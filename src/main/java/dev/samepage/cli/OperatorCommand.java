package dev.samepage.cli;

import dev.samepage.operator.OperatorApplication;
import io.quarkus.runtime.Quarkus;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code samepage operator}: runs once in a cluster. */
@Command(
        name = "operator",
        description =
                "Gives every node its KsmNode, keeps the agent's DaemonSet, and reports in each KsmPolicy. Runs once in a"
                        + " cluster. The API server is the kubeconfig's, or the one of the pod it runs in.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class OperatorCommand implements Callable<Integer> {
    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description =
                    "Where Samepage is installed and the agent's DaemonSet lives (default: $SAMEPAGE_NAMESPACE, else"
                            + " samepage-system).")
    private @Nullable String namespace;

    @Option(
            names = "--agent-manifest",
            paramLabel = "FILE",
            description = "The agent's DaemonSet, as a manifest (default: $SAMEPAGE_AGENT_MANIFEST, else"
                    + " /etc/samepage/agent.yaml).")
    private @Nullable Path agentManifest;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where /q/health and /q/metrics are served (default: $QUARKUS_HTTP_PORT, else 8080).")
    private @Nullable Integer port;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        ApiServerAddress.here().missing().ifPresent(this::fail);
        set("samepage.namespace", namespace);
        set("samepage.agent.manifest", agentManifest == null ? null : agentManifest.toAbsolutePath());
        set("quarkus.http.port", port);
        Quarkus.run(OperatorApplication.class);
        return 0;
    }

    private void fail(String why) {
        throw new ParameterException(spec.commandLine(), why);
    }

    /** What is said on the command line goes before the environment. */
    private static void set(String key, @Nullable Object value) {
        if (value != null) {
            System.setProperty(key, value.toString());
        }
    }
}
