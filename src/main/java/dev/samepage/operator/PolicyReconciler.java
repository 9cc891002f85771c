package dev.samepage.operator;

import static java.util.stream.Collectors.toSet;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicyStatus;
import dev.samepage.policy.Agents;
import dev.samepage.policy.Fleet;
import dev.samepage.policy.NodeFacts;
import dev.samepage.policy.NodeNotices;
import dev.samepage.policy.PolicyNotices;
import dev.samepage.policy.PolicyStatus;
import dev.samepage.policy.StatusPace;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimited;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all nodes of a policy, however many report only twice a second: says whose turn it is to be told of it ({@link Turns}), and
 * writes the policy's status: what became of its nodes, and what it saves and costs. Writes only where that changes, and mere figures as
 * seldom as {@link StatusPace} says.
 */
@Singleton
@RateLimited(maxReconciliations = 2, within = 1)
@ControllerConfiguration(
        name = "policy",
        fieldManager = OperatorApplication.FIELD_MANAGER,
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
public class PolicyReconciler implements Reconciler<KsmPolicy> {
    private static final Logger log = LoggerFactory.getLogger(PolicyReconciler.class);

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(OperatorApplication.FIELD_MANAGER)
            .withForce(true)
            .build();

    private final String namespace;
    private final Clock clock;
    private final PolicyStatus policyStatus;
    private final AgentNews agents;
    private final EventRecorder events;
    private final Turns turns;

    /** True from when there is something to reconcile: an operator that waits to become the leader only watches. */
    private volatile boolean active;

    /** When which policy's status was written, by the policy's uid. */
    private final Map<String, Instant> lastWrites = new ConcurrentHashMap<>();

    /**
     * Times in a status are by {@code clock}; what is known of the agents comes from {@code agents}, and from their
     * ServiceAccount in the namespace that {@code settings} name; whose turn it is goes to {@code turns}.
     */
    public PolicyReconciler(
            OperatorSettings settings, Clock clock, AgentNews agents, EventRecorder events, Turns turns) {
        namespace = settings.namespace();
        this.clock = clock;
        policyStatus = new PolicyStatus(clock);
        this.agents = agents;
        this.events = events;
        this.turns = turns;
    }

    @Override
    public List<EventSource<?, KsmPolicy>> prepareEventSources(EventSourceContext<KsmPolicy> context) {
        var agentNews = new SimpleInboundEventSource<KsmPolicy>("agents");
        agents.listen(() -> all(context).forEach(agentNews::propagateEvent));
        return List.of(
                agentNews,
                // Nobody looks after the agents while there is none, so that their reconciler cannot say so.
                Sources.agentsAccount(context, namespace, account -> all(context)),
                Sources.ksmNodes(
                        context,
                        (now, before) -> true,
                        PolicyReconciler::policyThatItFollows,
                        this::forgetWhatItSaidBefore,
                        this::forget),
                Sources.nodes(context, node -> all(context), (before, now) -> noticeSkipping(before, now, context)),
                Sources.policies(context, policy -> all(context)));
    }

    private void noticeSkipping(Node before, Node now, EventSourceContext<KsmPolicy> context) {
        if (active) {
            NodeNotices.ofSkipping(
                            NodeFacts.of(before),
                            NodeFacts.of(now),
                            context.getPrimaryCache().list().toList())
                    .ifPresent(notice -> events.record(referenceTo(now), notice));
        }
    }

    @Override
    public UpdateControl<KsmPolicy> reconcile(KsmPolicy policy, Context<KsmPolicy> context) {
        active = true;
        if (policy.isMarkedForDeletion()) {
            return UpdateControl.noUpdate();
        }
        KsmPolicyStatus status = look(policy, fleet(policy, context), context);
        if (status.equals(policy.getStatus())) {
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        Duration left = StatusPace.left(policy.getStatus(), status, ageOfStatus(policy, now));
        if (left.isPositive()) {
            return UpdateControl.<KsmPolicy>noUpdate().rescheduleAfter(left);
        }
        write(policy, status, context);
        lastWrites.put(uid(policy), now);
        lastWrites.keySet().retainAll(uids(context));
        logReadiness(policy, status);
        PolicyNotices.between(policy.getStatus(), status).forEach(notice -> events.record(referenceTo(policy), notice));
        return UpdateControl.noUpdate();
    }

    /** Says who is next before anything else: that does not wait for the status to be written. */
    private KsmPolicyStatus look(KsmPolicy policy, Fleet fleet, Context<KsmPolicy> context) {
        Set<String> beingTold = turns.beingTold(
                uid(policy), (node, hash) -> hasHash(fleet.ksmNodes().get(node), hash));
        var look = policyStatus.look(policy, fleet, beingTold);
        if (look.rollout() != null) {
            turns.plan(uid(policy), look.rollout(), beingTold);
        }
        turns.retain(uids(context));
        return look.status();
    }

    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
    private static boolean hasHash(@Nullable KsmNode ksmNode, String hash) {
        return ksmNode != null
                && ksmNode.getSpec() != null
                && ksmNode.getSpec().hash().equals(hash);
    }

    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
    private void forget(KsmNode gone) {
        if (gone.getSpec() != null) {
            turns.gone(gone.getMetadata().getName(), gone.getSpec().hash());
        }
    }

    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
    private void forgetWhatItSaidBefore(KsmNode before, KsmNode now) {
        if (before.getSpec() != null && !hasHash(now, before.getSpec().hash())) {
            forget(before);
        }
    }

    /** Here and not by {@link UpdateControl}, so that what is told of a status is told when it is written. */
    private static void write(KsmPolicy policy, KsmPolicyStatus status, Context<KsmPolicy> context) {
        var patch = new KsmPolicy();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(policy.getMetadata().getName()).build());
        patch.setStatus(status);
        KsmPolicy written =
                context.getClient().resource(patch).subresource("status").patch(APPLY);
        context.eventSourceRetriever()
                .getControllerEventSource()
                .handleRecentResourceUpdate(ResourceID.fromResource(written), written, policy);
    }

    /** A status that this operator has not written is old enough for anything. */
    private Duration ageOfStatus(KsmPolicy policy, Instant now) {
        return Duration.between(lastWrites.getOrDefault(uid(policy), Instant.EPOCH), now);
    }

    private static Set<String> uids(Context<KsmPolicy> context) {
        return context.getPrimaryCache().list().map(PolicyReconciler::uid).collect(toSet());
    }

    static String uid(KsmPolicy policy) {
        return Objects.requireNonNullElse(policy.getMetadata().getUid(), "");
    }

    /** All that the caches hold, with {@code policy} itself as it is being looked at. */
    private Fleet fleet(KsmPolicy policy, Context<KsmPolicy> context) {
        String name = policy.getMetadata().getName();
        Stream<KsmPolicy> others = Sources.all(KsmPolicy.class, context).stream()
                .filter(other -> !other.getMetadata().getName().equals(name));
        return Fleet.of(
                        Sources.all(Node.class, context).stream()
                                .map(NodeFacts::of)
                                .toList(),
                        Stream.concat(Stream.of(policy), others).toList(),
                        Sources.all(KsmNode.class, context))
                .with(agents(context));
    }

    private Agents agents(Context<KsmPolicy> context) {
        return Sources.all(ServiceAccount.class, context).isEmpty()
                ? new Agents.Unavailable(
                        Agents.Unavailable.NOT_APPLIED,
                        "There is no ServiceAccount %s in the namespace %s for the agents to run as: none are installed. Install Samepage's manifests or chart again, and leave the ServiceAccount its name."
                                .formatted(AgentReconciler.SERVICE_ACCOUNT, namespace))
                : agents.latest();
    }

    @SuppressWarnings("NullAway") // read from the API server, a spec can be absent
    private static Set<ResourceID> policyThatItFollows(KsmNode ksmNode) {
        return ksmNode.getSpec() == null || ksmNode.getSpec().policy() == null
                ? Set.of()
                : Set.of(new ResourceID(ksmNode.getSpec().policy().name()));
    }

    private static Set<ResourceID> all(EventSourceContext<KsmPolicy> context) {
        return context.getPrimaryCache().keys().collect(toSet());
    }

    private static ObjectReference referenceTo(HasMetadata object) {
        return new ObjectReferenceBuilder()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .build();
    }

    private static void logReadiness(KsmPolicy policy, KsmPolicyStatus status) {
        Condition ready = ready(status);
        var before = policy.getStatus();
        if (before == null || !ready.getReason().equals(ready(before).getReason())) {
            log.atInfo()
                    .addKeyValue("policy", policy.getMetadata().getName())
                    .addKeyValue("ready", ready.getStatus())
                    .addKeyValue("reason", ready.getReason())
                    .log(ready.getMessage());
        }
    }

    private static Condition ready(KsmPolicyStatus status) {
        return status.conditions().stream()
                .filter(condition -> "Ready".equals(condition.getType()))
                .findFirst()
                .orElseGet(Condition::new);
    }
}
