package dev.samepage.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What an installation can set: as {@code samepage.agent.manifest} in a system property, or as {@code SAMEPAGE_AGENT_MANIFEST}
 * in the environment.
 */
@ConfigMapping(prefix = "samepage")
public interface OperatorSettings {

    /** The namespace that Samepage is installed in, and where the agent's DaemonSet lives. */
    @WithDefault("samepage-system")
    String namespace();

    /** Whether several operators may run, of which one works: {@link Leadership}. */
    @WithDefault("false")
    boolean leaderElection();

    /** What concerns the agent. */
    Agent agent();

    /** What concerns the agent. */
    interface Agent {
        /** A YAML file that holds the agent's DaemonSet; read again at every look, which comes at least once a minute: a change needs
         * no restart, and where it is a mounted ConfigMap takes the time that the kubelet takes. */
        @WithDefault("/etc/samepage/agent.yaml")
        Path manifest();

        /**
         * How long the agents stay when they are not needed any more: longer than the 5 minutes for which a node whose KsmNode has
         * vanished is left as it is, so that it is restored also then.
         */
        @WithDefault("7m")
        Duration linger();
    }
}
