package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import io.fabric8.kubernetes.api.model.Node;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What nodes were told by KsmNodes that somebody deleted, so that these are put back as they were. An agent restores its node 5 minutes after
 * its KsmNode has gone: what is remembered for longer than that would change the node and not keep it.
 */
final class Vanished {
    private static final Duration MEMORY = Duration.ofMinutes(5);

    private record Lost(KsmNodeSpec spec, String node, Instant when) {}

    private final Clock clock;

    /** By the node's name. */
    private final Map<String, Lost> lost = new HashMap<>();

    /** Time is {@code clock}'s. */
    Vanished(Clock clock) {
        this.clock = clock;
    }

    /** A KsmNode is gone. One that released its node is not missed. */
    @SuppressWarnings("NullAway") // read from the API server, the spec can be absent
    synchronized void remember(KsmNode gone) {
        Instant now = clock.instant();
        lost.values().removeIf(each -> each.when().isBefore(now.minus(MEMORY)));
        if (gone.getSpec() != null && gone.getSpec().policy() != null) {
            gone.getMetadata().getOwnerReferences().stream()
                    .filter(owner -> owner.getKind().equals("Node"))
                    .forEach(owner ->
                            lost.put(gone.getMetadata().getName(), new Lost(gone.getSpec(), owner.getUid(), now)));
        }
    }

    /** What the KsmNode of this very node said, null where none has vanished lately: with a node that is made anew begins another story. */
    synchronized @Nullable KsmNodeSpec of(Node node) {
        Lost last = lost.get(node.getMetadata().getName());
        if (last == null
                || !last.node().equals(node.getMetadata().getUid())
                || last.when().isBefore(clock.instant().minus(MEMORY))) {
            return null;
        }
        return last.spec();
    }

    /** It is there again. */
    synchronized void forget(String node) {
        lost.remove(node);
    }
}
