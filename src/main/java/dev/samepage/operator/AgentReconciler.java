package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.operator.AgentManifest.Content;
import dev.samepage.policy.Agents;
import dev.samepage.policy.Agents.Unavailable;
import dev.samepage.policy.Assignment;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.informer.Field;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurableReconciler;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the agent's DaemonSet in Samepage's namespace as long as it is needed: while there is a policy, or a node that is not
 * yet released. What it looks after is the ServiceAccount that the agents run as: like the operator itself it is there before the
 * first policy and after the last, and whoever watches it needs no right beyond Samepage's own namespace.
 */
@Singleton
@ControllerConfiguration(
        name = "agent",
        fieldManager = OperatorApplication.FIELD_MANAGER,
        informer = @Informer(fieldSelector = @Field(path = "metadata.name", value = AgentReconciler.SERVICE_ACCOUNT)),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
public class AgentReconciler implements Reconciler<ServiceAccount>, ConfigurableReconciler<ServiceAccount> {
    /** The name of the agents' ServiceAccount. */
    static final String SERVICE_ACCOUNT = "samepage-agent";

    private static final Logger log = LoggerFactory.getLogger(AgentReconciler.class);
    private static final Duration NEXT_LOOK = Duration.ofSeconds(15);

    /** What an API server answers that says nothing about the DaemonSet; so does 500 and above, and a client where none answers (0). */
    private static final Set<Integer> TEMPORARY = Set.of(0, 401, 408, 409, 429);

    private static final int SERVER_ERROR = 500;

    private final String namespace;
    private final AgentManifest manifest;
    private final Duration linger;
    private final Clock clock;
    private final AgentNews news;
    private final AgentDaemonSet daemonSet = new AgentDaemonSet();
    private @Nullable Instant unneededSince;

    /** Where the manifest is, and where its DaemonSet goes, are in {@code settings}; what becomes of it is {@code news}. */
    public AgentReconciler(OperatorSettings settings, Clock clock, AgentNews news) {
        namespace = settings.namespace();
        manifest = new AgentManifest(settings.agent().manifest());
        linger = settings.agent().linger();
        this.clock = clock;
        this.news = news;
    }

    /**
     * Looks into one namespace only, which is known when the operator starts. Whatever else is seen there is nothing to it: an
     * agent that is owned by another ServiceAccount would outlive its own.
     */
    @Override
    public void updateConfigurationFrom(ControllerConfigurationOverrider<ServiceAccount> overrider) {
        overrider
                .settingNamespace(namespace)
                .withGenericFilter(
                        account -> SERVICE_ACCOUNT.equals(account.getMetadata().getName()));
    }

    @Override
    public List<EventSource<?, ServiceAccount>> prepareEventSources(EventSourceContext<ServiceAccount> context) {
        Set<ResourceID> here = Set.of(new ResourceID(SERVICE_ACCOUNT, namespace));
        return List.of(
                Sources.policies(context, policy -> here),
                Sources.ksmNodes(
                        context,
                        (now, before) -> Assignment.isReleased(now) != Assignment.isReleased(before),
                        ksmNode -> here),
                AgentDaemonSet.source(context, namespace, here));
    }

    @Override
    public UpdateControl<ServiceAccount> reconcile(ServiceAccount agents, Context<ServiceAccount> context) {
        if (!isNeeded(context)) {
            Duration left = leftToLinger();
            if (left.isPositive()) {
                return UpdateControl.<ServiceAccount>noUpdate().rescheduleAfter(left);
            }
            AgentDaemonSet.deleteAllBut(Set.of(), "Nothing is left to do: deleted the agent", context);
            return UpdateControl.noUpdate();
        }
        unneededSince = null;
        return switch (manifest.read(namespace, context.getClient().getKubernetesSerialization())) {
            case Content.Agent(DaemonSet agent) -> install(AgentDaemonSet.ownedBy(agents, agent), context);
            case Content.Unusable(String reason) -> without(new Unavailable(Unavailable.MANIFEST_INVALID, reason));
        };
    }

    private UpdateControl<ServiceAccount> install(DaemonSet agent, Context<ServiceAccount> context) {
        String name = agent.getMetadata().getName();
        try {
            daemonSet.apply(agent, context);
        } catch (KubernetesClientException e) {
            if (e.getCode() >= SERVER_ERROR || TEMPORARY.contains(e.getCode())) {
                throw e;
            }
            return without(new Unavailable(
                    Unavailable.NOT_APPLIED,
                    "The API server refuses the agent's DaemonSet %s: %s. The agents stay as they are; it is tried again every %d s."
                            .formatted(name, words(e), NEXT_LOOK.toSeconds())));
        }
        AgentDaemonSet.deleteAllBut(Set.of(name), "Deleted an agent of another name", context);
        news.tell(new Agents.Installed());
        return UpdateControl.noUpdate();
    }

    private UpdateControl<ServiceAccount> without(Unavailable why) {
        if (news.tell(why)) {
            log.error(why.message());
        }
        return UpdateControl.<ServiceAccount>noUpdate().rescheduleAfter(NEXT_LOOK);
    }

    /** What the API server says, without what the client says around it. */
    private static String words(KubernetesClientException refused) {
        String message = refused.getStatus() == null
                ? refused.getMessage()
                : refused.getStatus().getMessage();
        return String.valueOf(message).strip().replaceFirst("[.]$", "");
    }

    /** A KsmNode may have gone without its node being released; its agent then needs a while. */
    private Duration leftToLinger() {
        Instant now = clock.instant();
        if (unneededSince == null) {
            unneededSince = now;
        }
        return Duration.between(now, unneededSince.plus(linger));
    }

    private static boolean isNeeded(Context<ServiceAccount> context) {
        return !Sources.all(KsmPolicy.class, context).isEmpty()
                || !Sources.all(KsmNode.class, context).stream().allMatch(Assignment::isReleased);
    }
}
