package dev.samepage.operator;

import static java.util.Objects.requireNonNullElse;
import static java.util.stream.Collectors.toSet;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicy;
import dev.samepage.policy.Assignment;
import dev.samepage.policy.NodeFacts;
import dev.samepage.policy.NodeNotices;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a node what the policy that won it wants, by its KsmNode's spec. Writes only where that changes. */
@Singleton
@ControllerConfiguration(
        name = "node",
        fieldManager = OperatorApplication.FIELD_MANAGER,
        informer =
                @Informer(
                        itemStore = NodeStore.class,
                        informerListLimit = Sources.PAGE,
                        onUpdateFilter = NodeReconciler.Matters.class),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 3, timeUnit = TimeUnit.MINUTES))
public class NodeReconciler implements Reconciler<Node> {
    private static final Logger log = LoggerFactory.getLogger(NodeReconciler.class);
    private static final Duration SOON = Duration.ofMillis(500);

    /** How long a node that is released without ever having reported may take to do so. */
    private static final Duration FIRST_REPORT = Duration.ofSeconds(15);

    private final Clock clock;
    private final EventRecorder events;

    /** Since when KsmNodes are released of which there is no report yet. */
    private final Map<String, Instant> awaited = new ConcurrentHashMap<>();

    /** True from when there is something to reconcile: an operator that waits to become the leader only watches. */
    private volatile boolean active;

    /** What a person should notice of a node becomes one of {@code events}; {@code clock} says how long a report is waited for. */
    public NodeReconciler(Clock clock, EventRecorder events) {
        this.clock = clock;
        this.events = events;
    }

    @Override
    public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
        var ksmNodes = Sources.ksmNodes(
                context,
                NodeReconciler::decidesSomething,
                ksmNode -> Set.of(ResourceID.fromResource(ksmNode)),
                this::notice);
        var policies = Sources.policies(context, policy -> nodesConcernedBy(policy, context, ksmNodes));
        return List.of(ksmNodes, policies);
    }

    @Override
    public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
        active = true;
        var ksmNodes = Sources.of(KsmNode.class, context);
        KsmNode current = ksmNodes.get(ResourceID.fromResource(node)).orElse(null);
        Duration again = Duration.ZERO;
        switch (Assignment.of(NodeFacts.of(node), Sources.all(KsmPolicy.class, context), current)) {
            case Assignment.AsItIs asItIs -> {}
            case Assignment.Spec(KsmNodeSpec spec) -> {
                tell(node, spec, current, ksmNodes, context);
                again = spec.policy() == null ? leftToReport(current, ksmNodes) : Duration.ZERO;
            }
            case Assignment.Deleted deleted -> {
                again = leftToReport(current, ksmNodes);
                if (!again.isPositive()) {
                    again = delete(current, context) ? Duration.ZERO : SOON;
                }
            }
        }
        var done = UpdateControl.<Node>noUpdate();
        return again.isPositive() ? done.rescheduleAfter(again) : done;
    }

    /**
     * Without a report nobody knows whether there is an agent that has acted already on what it was told before, and is about to
     * undo it: its KsmNode is not to vanish meanwhile.
     */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private Duration leftToReport(@Nullable KsmNode released, InformerEventSource<KsmNode, Node> ksmNodes) {
        if (released == null || released.getStatus() != null) {
            return Duration.ZERO;
        }
        awaited.keySet()
                .retainAll(ksmNodes.list(Assignment::isReleased)
                        .map(ksmNode -> ksmNode.getMetadata().getUid())
                        .collect(toSet()));
        Instant now = clock.instant();
        Instant since = awaited.computeIfAbsent(released.getMetadata().getUid(), first -> now);
        return Duration.between(now, since.plus(FIRST_REPORT));
    }

    private static void tell(
            Node node,
            KsmNodeSpec spec,
            @Nullable KsmNode current,
            InformerEventSource<KsmNode, Node> ksmNodes,
            Context<Node> context) {
        OwnerReference owner = ownerReferenceTo(node);
        if (current != null
                && spec.equals(current.getSpec())
                && current.getMetadata().getOwnerReferences().contains(owner)) {
            return;
        }
        var wanted = new KsmNode();
        wanted.setMetadata(new ObjectMetaBuilder()
                .withName(node.getMetadata().getName())
                .withOwnerReferences(owner)
                .build());
        wanted.setSpec(spec);
        KsmNode applied = context.getClient()
                .resource(wanted)
                .fieldManager(OperatorApplication.FIELD_MANAGER)
                .forceConflicts()
                .serverSideApply();
        if (current == null) {
            ksmNodes.handleRecentResourceCreate(ResourceID.fromResource(node), applied);
        } else {
            ksmNodes.handleRecentResourceUpdate(ResourceID.fromResource(node), applied, current);
        }
        log.atInfo()
                .addKeyValue("node", node.getMetadata().getName())
                .addKeyValue(
                        "policy", spec.policy() == null ? "none" : spec.policy().name())
                .addKeyValue("hash", spec.hash())
                .log(spec.policy() == null ? "Releasing the node" : "Told the node what its policy wants");
    }

    /** Only as it was looked at: false where its agent has reported something else by now, so that this is to be decided again. */
    private static boolean delete(@Nullable KsmNode released, Context<Node> context) {
        if (released == null) {
            return true;
        }
        try {
            context.getClient().resource(released).lockResourceVersion().delete();
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return false;
            }
            throw e;
        }
        log.atInfo()
                .addKeyValue("node", released.getMetadata().getName())
                .log("The node is released; deleted its KsmNode");
        return true;
    }

    private void notice(KsmNode before, KsmNode now) {
        if (active) {
            NodeNotices.between(before, now)
                    .ifPresent(notice -> now.getMetadata().getOwnerReferences().stream()
                            .filter(owner -> owner.getKind().equals("Node"))
                            .forEach(owner -> events.record(referenceTo(owner), notice)));
        }
    }

    private static ObjectReference referenceTo(OwnerReference node) {
        return new ObjectReferenceBuilder()
                .withApiVersion(node.getApiVersion())
                .withKind(node.getKind())
                .withName(node.getName())
                .withUid(node.getUid())
                .build();
    }

    private static OwnerReference ownerReferenceTo(Node node) {
        return new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node.getMetadata().getName())
                .withUid(node.getMetadata().getUid())
                .build();
    }

    /** The nodes that the policy matches, and those that have been told to follow it. */
    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
    private static Set<ResourceID> nodesConcernedBy(
            KsmPolicy policy, EventSourceContext<Node> context, InformerEventSource<KsmNode, Node> ksmNodes) {
        String name = policy.getMetadata().getName();
        var concerned = context.getPrimaryCache()
                .list(node -> policy.getSpec() != null
                        && policy.getSpec()
                                .nodeSelector()
                                .matches(requireNonNullElse(node.getMetadata().getLabels(), Map.of())))
                .map(ResourceID::fromResource)
                .collect(toSet());
        ksmNodes.list(ksmNode -> ksmNode.getSpec() != null
                        && ksmNode.getSpec().policy() != null
                        && name.equals(ksmNode.getSpec().policy().name()))
                .map(ResourceID::fromResource)
                .forEach(concerned::add);
        return concerned;
    }

    /** Somebody else changed the spec, the node has just been released, or this is its first report; mere figures change nothing here. */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    private static boolean decidesSomething(KsmNode now, KsmNode before) {
        return Sources.wantsSomethingElse(now, before)
                || Assignment.isReleased(now) != Assignment.isReleased(before)
                || (now.getStatus() == null) != (before.getStatus() == null);
    }

    /** A Node changes every few seconds; what matters here seldom does. */
    public static final class Matters implements OnUpdateFilter<Node> {
        @Override
        public boolean accept(Node now, Node before) {
            return Sources.isAnotherNode(now, before);
        }
    }
}
