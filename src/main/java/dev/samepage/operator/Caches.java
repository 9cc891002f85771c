package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the reconcilers' caches hold at one moment.
 *
 * @param ksmNodes how many KsmNodes there are
 * @param agents the DaemonSets that the operator keeps, one as a rule
 */
record Caches(List<KsmPolicy> policies, long ksmNodes, List<DaemonSet> agents) {
    private static final String POLICY = "policy";
    private static final String AGENT = "agent";

    /** Reads them; empty while this operator does not work, be it that it is starting or that another one leads. */
    static Optional<Caches> of(Operator operator) {
        boolean working = operator.getRegisteredControllersNumber() > 0
                && operator.getRegisteredControllers().stream()
                        .allMatch(each -> each instanceof Controller<?> controller
                                && controller.getEventProcessor().isRunning());
        return working
                ? Optional.of(new Caches(
                        primaries(operator),
                        secondaries(operator, POLICY, KsmNode.class).count(),
                        secondaries(operator, AGENT, DaemonSet.class).toList()))
                : Optional.empty();
    }

    private static List<KsmPolicy> primaries(Operator operator) {
        return controller(operator, POLICY)
                .getEventSourceManager()
                .getControllerEventSource()
                .list(any -> true)
                .map(KsmPolicy.class::cast)
                .toList();
    }

    private static <R extends HasMetadata> Stream<R> secondaries(Operator operator, String reconciler, Class<R> kind) {
        return controller(operator, reconciler)
                .getEventSourceManager()
                .getEventSourcesStream()
                .filter(source -> source.resourceType().equals(kind))
                .flatMap(source -> ((InformerEventSource<?, ?>) source).list(any -> true))
                .map(kind::cast);
    }

    private static Controller<?> controller(Operator operator, String reconciler) {
        return (Controller<?>) operator.getRegisteredController(reconciler).orElseThrow();
    }
}
