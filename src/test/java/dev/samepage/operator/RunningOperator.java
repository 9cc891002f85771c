package dev.samepage.operator;

import dev.samepage.testbed.ApiServer;
import dev.samepage.testbed.Command;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** The reconcilers in this JVM, with the rights that manifests/ gives the operator and no others. */
final class RunningOperator implements AutoCloseable {
    static final String NAMESPACE = "samepage-system";
    static final String USER = "system:serviceaccount:samepage-system:samepage-operator";
    static final Path AGENT = Path.of("manifests/agent/daemonset.yaml");

    private final Operator operator;

    private RunningOperator(Operator operator) {
        this.operator = operator;
    }

    /** Installs manifests/, as a user does. */
    static void install(ApiServer server) {
        String manifests = must(server.kubectl("kustomize", "manifests"));
        must(server.kubectlReading(manifests, "apply", "--server-side", "--filename=-"));
        server.applyCrds();
    }

    static RunningOperator start(ApiServer server) {
        return start(server.clientAs(USER), AGENT);
    }

    static RunningOperator start(KubernetesClient client, Path manifest) {
        var operator = new Operator(
                configuration -> configuration.withKubernetesClient(client).withCloseClientOnStop(false));
        var news = new AgentNews();
        var events = new EventRecorder(client, Clock.systemUTC());
        var settings = new Settings(NAMESPACE, false, new Manifest(manifest, Duration.ZERO));
        var agent = new AgentReconciler(settings, Clock.systemUTC(), news);
        var turns = new Turns(Clock.systemUTC());
        operator.register(new NodeReconciler(Clock.systemUTC(), events, turns));
        operator.register(new PolicyReconciler(settings, Clock.systemUTC(), news, events, turns));
        operator.register(agent, agent::updateConfigurationFrom);
        operator.start();
        return new RunningOperator(operator);
    }

    /** Whether it has neither ended nor gone blind to a kind. */
    boolean isRunning() {
        return operator.getRuntimeInfo().isStarted()
                && operator.getRuntimeInfo().allEventSourcesAreHealthy();
    }

    @Override
    public void close() {
        operator.stop();
    }

    private static String must(Command.Output output) {
        if (!output.succeeded()) {
            throw new IllegalStateException(output.stderr());
        }
        return output.stdout();
    }

    private record Settings(String namespace, boolean leaderElection, Agent agent) implements OperatorSettings {}

    private record Manifest(Path manifest, Duration linger) implements OperatorSettings.Agent {}
}
