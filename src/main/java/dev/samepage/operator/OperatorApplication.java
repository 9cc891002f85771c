package dev.samepage.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Objects;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's main: starts the reconcilers, says so, and stops them on SIGTERM. */
@Singleton
@Unremovable
public class OperatorApplication implements QuarkusApplication {
    /** Whose fields they are that the operator writes, as managedFields tells. */
    public static final String FIELD_MANAGER = "samepage-operator";

    private static final Logger log = LoggerFactory.getLogger(OperatorApplication.class);

    private final Operator operator;
    private final KubernetesClient client;
    private final OperatorSettings settings;
    private final Leadership leadership;
    private final String version;
    private final int port;

    /** {@code operator} knows the reconcilers and is not started yet. */
    public OperatorApplication(
            Operator operator,
            KubernetesClient client,
            OperatorSettings settings,
            Leadership leadership,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        this.operator = operator;
        this.client = client;
        this.settings = settings;
        this.leadership = leadership;
        this.version = version;
        this.port = port;
    }

    /** Returns when the process is to end: 0 as asked, 1 where the operator could not be started. */
    @Override
    public int run(String... args) {
        try {
            operator.start();
        } catch (OperatorException e) {
            log.atError()
                    .addKeyValue("apiServer", client.getMasterUrl())
                    .log(
                            "The operator could not be started: {}. It needs the API server, the kinds in crds/ and the rights in manifests/.",
                            rootCause(e));
            return 1;
        }
        log.atInfo()
                .addKeyValue("version", version)
                .addKeyValue("apiServer", client.getMasterUrl())
                .addKeyValue("namespace", settings.namespace())
                .addKeyValue("agentManifest", settings.agent().manifest())
                .addKeyValue("port", port)
                .log("Samepage's operator is running");
        Quarkus.waitForExit();
        return 0;
    }

    /** Not by {@link #run}: on SIGTERM Quarkus closes the client without waiting for it, but not before this event is handled. */
    void stop(@Observes ShutdownEvent ending) {
        leadership.giveUp();
        operator.stop();
    }

    private static String rootCause(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName())
                .strip();
    }
}
