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
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
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
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells a node what the policy that won it wants, by its KsmNode's spec: in its turn, where that changes something on the node. Writes
 * only where that changes, and no faster than {@link WritePace}.
 */
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
    private static final Duration SOON = Duration.ofMillis(500);

    private final FirstReports firstReports;
    private final Vanished vanished;
    private final EventRecorder events;
    private final Turns turns;
    private final WritePace pace = new WritePace(System::nanoTime);

    /** True from when there is something to reconcile: an operator that waits to become the leader only watches. */
    private volatile boolean active;

    /**
     * What a person should notice of a node becomes one of {@code events}; {@code clock} says how long a report is waited for and what has
     * vanished is remembered, and {@code turns} whose turn it is.
     */
    public NodeReconciler(Clock clock, EventRecorder events, Turns turns) {
        firstReports = new FirstReports(clock);
        vanished = new Vanished(clock);
        this.events = events;
        this.turns = turns;
    }

    @Override
    public List<EventSource<?, Node>> prepareEventSources(EventSourceContext<Node> context) {
        var ksmNodes = Sources.ksmNodes(
                context,
                NodeReconciler::decidesSomething,
                ksmNode -> Set.of(ResourceID.fromResource(ksmNode)),
                this::notice,
                vanished::remember);
        var policies = Sources.policies(context, policy -> nodesConcernedBy(policy, context, ksmNodes));
        var called = new SimpleInboundEventSource<Node>("turns");
        turns.listen(node -> called.propagateEvent(new ResourceID(node)));
        return List.of(ksmNodes, policies, called);
    }

    @Override
    public UpdateControl<Node> reconcile(Node node, Context<Node> context) {
        active = true;
        var ksmNodes = Sources.of(KsmNode.class, context);
        KsmNode current = ksmNodes.get(ResourceID.fromResource(node)).orElse(null);
        if (current != null) {
            vanished.forget(node.getMetadata().getName());
        }
        Duration again = Duration.ZERO;
        switch (Assignment.of(NodeFacts.of(node), Sources.all(KsmPolicy.class, context), current, vanished.of(node))) {
            case Assignment.AsItIs asItIs -> {}
            case Assignment.InTurn(KsmNodeSpec spec, KsmPolicy policy) ->
                again = tellInTurn(node, spec, policy, current, ksmNodes, context);
            case Assignment.Spec(KsmNodeSpec spec) -> {
                again = tell(node, spec, current, ksmNodes, context);
                if (again.isZero() && spec.policy() == null) {
                    again = firstReports.left(current);
                }
            }
            case Assignment.Deleted deleted -> {
                again = firstReports.left(current);
                if (!again.isPositive()) {
                    again = pace.ask();
                }
                if (!again.isPositive()) {
                    again = KsmNodeSpecs.delete(current, context) ? Duration.ZERO : SOON;
                }
            }
        }
        var done = UpdateControl.<Node>noUpdate();
        return again.isPositive() ? done.rescheduleAfter(again) : done;
    }

    /** Zero where nothing is left to be done, else when to come back. */
    private Duration tell(
            Node node,
            KsmNodeSpec spec,
            @Nullable KsmNode current,
            InformerEventSource<KsmNode, Node> ksmNodes,
            Context<Node> context) {
        if (KsmNodeSpecs.isTold(node, spec, current)) {
            return Duration.ZERO;
        }
        Duration left = pace.ask();
        if (left.isZero()) {
            KsmNodeSpecs.tell(node, spec, current, ksmNodes, context);
        }
        return left;
    }

    /** The same. A node whose turn has not come is called when it does. */
    private Duration tellInTurn(
            Node node,
            KsmNodeSpec spec,
            KsmPolicy policy,
            @Nullable KsmNode current,
            InformerEventSource<KsmNode, Node> ksmNodes,
            Context<Node> context) {
        String name = node.getMetadata().getName();
        String uid = PolicyReconciler.uid(policy);
        if (!turns.isNext(uid, spec.hash(), name)) {
            return Duration.ZERO;
        }
        Duration left = pace.ask();
        if (!left.isZero() || !turns.take(uid, spec.hash(), name)) {
            return left;
        }
        try {
            KsmNodeSpecs.tell(node, spec, current, ksmNodes, context);
        } catch (RuntimeException e) {
            turns.giveBack(name);
            throw e;
        }
        return Duration.ZERO;
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
