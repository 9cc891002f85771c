package dev.samepage.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of several operators of one installation, the one that holds the lease works; the others watch, and wait for it. The lease is
 * given back by an operator that is asked to end, and runs out 15 s after one that ends otherwise.
 */
@Singleton
public class Leadership {
    static final String LEASE = "samepage-operator";

    private static final Logger log = LoggerFactory.getLogger(Leadership.class);

    private final String identity = Objects.requireNonNullElse(System.getenv("HOSTNAME"), "") + "_" + UUID.randomUUID();
    private final KubernetesClient client;
    private final String namespace;
    private volatile boolean ending;

    /** The lease is in Samepage's namespace, which {@code settings} name, and given back with {@code client}. */
    public Leadership(KubernetesClient client, OperatorSettings settings) {
        this.client = client;
        namespace = settings.namespace();
    }

    /**
     * How the lease is asked for.
     *
     * @param lost what to do when it is lost: another operator may be at work already
     */
    LeaderElectionConfiguration configuration(Runnable lost) {
        return new LeaderElectionConfiguration(
                LEASE,
                namespace,
                LeaderElectionConfiguration.LEASE_DURATION_DEFAULT_VALUE,
                LeaderElectionConfiguration.RENEW_DEADLINE_DEFAULT_VALUE,
                LeaderElectionConfiguration.RETRY_PERIOD_DEFAULT_VALUE,
                identity,
                new LeaderCallbacks(() -> {}, () -> end(lost), this::tell),
                // The SDK's own way out is System.exit, which never returns where the process is ending already.
                false);
    }

    /** From now on, that this operator stops leading is as it should be: it gives the lease back then. */
    void giveUp() {
        ending = true;
    }

    /** The SDK calls this once its reconcilers have stopped, and before it closes the client; it leaves the lease itself as it is. */
    private void end(Runnable lost) {
        if (ending) {
            giveBack();
        } else {
            log.atError().addKeyValue("lease", LEASE).log("Lost the lease; stopping at once");
            lost.run();
        }
    }

    private void giveBack() {
        try {
            Lease lease = client.leases().inNamespace(namespace).withName(LEASE).get();
            if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity("");
                client.resource(lease).lockResourceVersion().update();
            }
        } catch (KubernetesClientException e) {
            log.atWarn()
                    .addKeyValue("lease", LEASE)
                    .log("Could not give the lease back; it runs out by itself: {}", e.getMessage());
        }
    }

    private void tell(String leader) {
        if (identity.equals(leader)) {
            log.atInfo().addKeyValue("lease", LEASE).log("This operator is the leader");
        } else if (leader != null && !leader.isEmpty()) {
            log.atInfo()
                    .addKeyValue("lease", LEASE)
                    .addKeyValue("leader", leader)
                    .log("Another operator is the leader");
        }
    }
}
