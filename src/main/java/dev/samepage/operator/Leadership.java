package dev.samepage.operator;

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
    private volatile boolean ending;

    /**
     * How the lease is asked for.
     *
     * @param lost what to do when it is lost: another operator may be at work already
     */
    LeaderElectionConfiguration configuration(String namespace, Runnable lost) {
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

    /** From now on, that the lease is given back is as it should be. */
    void giveUp() {
        ending = true;
    }

    private void end(Runnable lost) {
        if (!ending) {
            log.atError().addKeyValue("lease", LEASE).log("Lost the lease; stopping at once");
            lost.run();
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
