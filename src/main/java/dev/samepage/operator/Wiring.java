package dev.samepage.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.InformerStoppedHandler;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.AggregatedMetrics;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the reconcilers and the SDK are given. */
@Singleton
public class Wiring {
    private static final Logger log = LoggerFactory.getLogger(Wiring.class);

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Outage outage(Clock clock) {
        return new Outage(clock);
    }

    /**
     * As patient as the API server asks it to be, and by the JDK's HTTP client. Quarkus would take Vert.x's, whose requests are not sent again
     * where their connection was closed, for that is no IOException there: an operator would end by that at its start.
     */
    @Produces
    @Singleton
    KubernetesClient client(Config config, KubernetesSerialization serialization, Outage outage) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .withHttpClientBuilderConsumer(http -> {
                    // By HTTP/2 all requests share a connection, and hang where it hangs.
                    http.preferHttp11();
                    http.addOrReplaceInterceptor(RequestedPause.NAME, new RequestedPause());
                    http.addOrReplaceInterceptor(Outage.NAME, outage);
                    // It would write every header to the log, and one of them is the token.
                    http.addOrReplaceInterceptor("HttpLogging", null);
                })
                .build();
    }

    void close(@Disposes KubernetesClient client) {
        client.close();
    }

    /** The SDK's metrics without the resource's name, which would make as many series as the cluster has nodes, and our own. */
    @Produces
    @Singleton
    Metrics metrics(MeterRegistry registry) {
        return new AggregatedMetrics(
                List.of(MicrometerMetrics.withoutPerResourceMetrics(registry), new FailedReconciliations(registry)));
    }

    /** Null where there is to be no election, which only a dependent bean may be. */
    @Produces
    @Dependent
    @Unremovable
    @Nullable
    LeaderElectionConfiguration leaderElection(OperatorSettings settings, Leadership leadership) {
        return settings.leaderElection()
                ? leadership.configuration(() -> Runtime.getRuntime().halt(1))
                : null;
    }

    /** An operator that is blind to a kind must not go on as if nothing had changed there: it ends, to be started anew. */
    @Produces
    @Singleton
    @Unremovable
    InformerStoppedHandler informerStoppedHandler() {
        return (informer, cause) -> {
            if (cause != null && informer.hasSynced()) {
                log.atError()
                        .addKeyValue("kind", informer.getApiTypeClass().getSimpleName())
                        .setCause(cause)
                        .log("Lost the watch of a kind for good; stopping");
                Quarkus.asyncExit(1);
            }
        };
    }
}
