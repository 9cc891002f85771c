package dev.samepage.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.Controller;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;

/** Counts the reconciliations that ended with an error, from 0 on: the SDK's own count has no series before the first. */
record FailedReconciliations(MeterRegistry registry) implements Metrics {

    @Override
    public void controllerRegistered(Controller<? extends HasMetadata> controller) {
        counter(controller.getConfiguration().getName());
    }

    @Override
    public void failedReconciliation(HasMetadata resource, Exception exception, Map<String, Object> metadata) {
        counter(String.valueOf(metadata.get(Constants.CONTROLLER_NAME))).increment();
    }

    private Counter counter(String controller) {
        return Counter.builder("samepage.operator.reconciliations.failed")
                .description("Reconciliations that ended with an error; each is tried again.")
                .tag("controller", controller)
                .register(registry);
    }
}
