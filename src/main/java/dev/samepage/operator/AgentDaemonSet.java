package dev.samepage.operator;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents' DaemonSet as the cluster has it: found by the operator's own label, applied where that changes something, deleted. */
final class AgentDaemonSet {
    private static final Logger log = LoggerFactory.getLogger(AgentDaemonSet.class);

    private volatile @Nullable Applied lastApplied;

    /** What was applied last, and what of the DaemonSet that made: somebody else's labels and annotations are among it. */
    private record Applied(
            DaemonSet wanted,
            String uid,
            Long generation,
            Map<String, String> labels,
            Map<String, String> annotations,
            List<OwnerReference> owners) {

        static Applied of(DaemonSet wanted, DaemonSet made) {
            var metadata = made.getMetadata();
            return new Applied(
                    wanted,
                    metadata.getUid(),
                    metadata.getGeneration(),
                    requireNonNullElse(metadata.getLabels(), Map.of()),
                    requireNonNullElse(metadata.getAnnotations(), Map.of()),
                    metadata.getOwnerReferences());
        }
    }

    /** What of it is watched in {@code namespace}; its changes concern {@code agents}. */
    static InformerEventSource<DaemonSet, ServiceAccount> source(
            EventSourceContext<ServiceAccount> context, String namespace, Set<ResourceID> agents) {
        return new InformerEventSource<>(
                InformerEventSourceConfiguration.from(DaemonSet.class, ServiceAccount.class)
                        .withName(DaemonSet.class.getSimpleName())
                        .withNamespaces(namespace)
                        .withLabelSelector(AgentManifest.OWN + "=" + AgentManifest.OPERATOR)
                        .withOnUpdateFilter(AgentDaemonSet::isAnother)
                        .withSecondaryToPrimaryMapper(daemonSet -> agents)
                        .build(),
                context);
    }

    /** The agents go with their ServiceAccount, be it that whatever uninstalls Samepage knows of nothing else. */
    static DaemonSet ownedBy(ServiceAccount agents, DaemonSet agent) {
        return new DaemonSetBuilder(agent)
                .editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("ServiceAccount")
                .withName(agents.getMetadata().getName())
                .withUid(agents.getMetadata().getUid())
                .endOwnerReference()
                .endMetadata()
                .build();
    }

    /** Writes it, unless it is so already. */
    void apply(DaemonSet wanted, Context<ServiceAccount> context) {
        var daemonSets = Sources.of(DaemonSet.class, context);
        var id = ResourceID.fromResource(wanted);
        DaemonSet current = daemonSets.get(id).orElse(null);
        if (current != null && (isTheLastApplied(wanted, current) || matches(wanted, current, context))) {
            return;
        }
        DaemonSet applied = context.getClient()
                .resource(wanted)
                .fieldManager(OperatorApplication.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        if (current == null) {
            daemonSets.handleRecentResourceCreate(id, applied);
        } else {
            daemonSets.handleRecentResourceUpdate(id, applied, current);
        }
        lastApplied = Applied.of(wanted, applied);
        log.atInfo()
                .addKeyValue("daemonSet", wanted.getMetadata().getName())
                .addKeyValue("generation", applied.getMetadata().getGeneration())
                .log("Applied the agent");
    }

    private static boolean matches(DaemonSet wanted, DaemonSet current, Context<ServiceAccount> context) {
        return SSABasedGenericKubernetesResourceMatcher.<DaemonSet>getInstance().matches(current, wanted, context);
    }

    /** Applied again it would change nothing, however differently the API server writes it. */
    private boolean isTheLastApplied(DaemonSet wanted, DaemonSet current) {
        return Applied.of(wanted, current).equals(lastApplied);
    }

    /** Deletes those that the operator has made, but for those named, and says {@code message}. */
    static void deleteAllBut(Set<String> names, String message, Context<ServiceAccount> context) {
        for (DaemonSet daemonSet : Sources.all(DaemonSet.class, context)) {
            String name = daemonSet.getMetadata().getName();
            if (!names.contains(name) && !daemonSet.isMarkedForDeletion()) {
                context.getClient().resource(daemonSet).delete();
                log.atInfo().addKeyValue("daemonSet", name).log(message);
            }
        }
    }

    /** Not merely another status, which a DaemonSet has with every pod. */
    private static boolean isAnother(DaemonSet now, DaemonSet before) {
        return Sources.wantsSomethingElse(now, before)
                || !Objects.equals(
                        now.getMetadata().getLabels(), before.getMetadata().getLabels())
                || !Objects.equals(
                        now.getMetadata().getAnnotations(), before.getMetadata().getAnnotations())
                || !Objects.equals(
                        now.getMetadata().getOwnerReferences(),
                        before.getMetadata().getOwnerReferences());
    }
}
