package dev.samepage.operator;

import dev.samepage.api.KsmNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waits a while for the report of a node that is released without ever having reported. Without one nobody knows whether there is an
 * agent that has acted already on what it was told before, and is about to undo it: its KsmNode is not to vanish meanwhile.
 */
final class FirstReports {
    /** How long such a node may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Longer than it takes an operator to come back to a node, whatever it is busy with. */
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final Clock clock;

    /** Since when KsmNodes are released of which there is no report yet, by their uid, the oldest first. */
    private final Map<String, Instant> awaited = new LinkedHashMap<>();

    /** Time is {@code clock}'s. */
    FirstReports(Clock clock) {
        this.clock = clock;
    }

    /** How long is still to be waited; not positive where nothing is. */
    @SuppressWarnings("NullAway") // read from the API server, the status can be absent
    synchronized Duration left(@Nullable KsmNode released) {
        if (released == null || released.getStatus() != null) {
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        forgetBefore(now.minus(MEMORY));
        Instant since = awaited.computeIfAbsent(released.getMetadata().getUid(), first -> now);
        return Duration.between(now, since.plus(PATIENCE));
    }

    /** They are in the order of their times: only those that go are looked at. */
    private void forgetBefore(Instant oldest) {
        Iterator<Instant> times = awaited.values().iterator();
        while (times.hasNext() && times.next().isBefore(oldest)) {
            times.remove();
        }
    }
}
