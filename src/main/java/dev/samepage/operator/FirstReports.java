package dev.samepage.operator;

import static java.util.stream.Collectors.toSet;

import dev.samepage.api.KsmNode;
import dev.samepage.policy.Assignment;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Waits a while for the report of a node that is released without ever having reported. Without one nobody knows whether there is an
 * agent that has acted already on what it was told before, and is about to undo it: its KsmNode is not to vanish meanwhile.
 */
final class FirstReports {
    /** How long such a node may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Clock clock;

    /** Since when KsmNodes are released of which there is no report yet. */
    private final Map<String, Instant> awaited = new ConcurrentHashMap<>();

    /** Time is {@code clock}'s. */
    FirstReports(Clock clock) {
        this.clock = clock;
    }

    /** How long is still to be waited; not positive where nothing is. */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    Duration left(@Nullable KsmNode released, InformerEventSource<KsmNode, Node> ksmNodes) {
        if (released == null || released.getStatus() != null) {
            return Duration.ZERO;
        }
        awaited.keySet()
                .retainAll(ksmNodes.list(Assignment::isReleased)
                        .map(ksmNode -> ksmNode.getMetadata().getUid())
                        .collect(toSet()));
        Instant now = clock.instant();
        Instant since = awaited.computeIfAbsent(released.getMetadata().getUid(), first -> now);
        return Duration.between(now, since.plus(PATIENCE));
    }
}
