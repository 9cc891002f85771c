package dev.samepage.operator;

import io.javaoperatorsdk.operator.Operator;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Adds what the operator knows of its fleet to what is served at {@code /q/metrics}. */
@Singleton
public class OperatorMetrics {

    @SuppressWarnings("deprecation") // of Micrometer; it is what Quarkus still uses
    void register(
            @Observes StartupEvent start,
            PrometheusMeterRegistry registry,
            Operator operator,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        new FleetMetrics(() -> Caches.of(operator), version).register(registry.getPrometheusRegistry());
    }
}
