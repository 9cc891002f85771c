package dev.samepage.policy;

import dev.samepage.api.KsmPolicyStatus;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How soon a policy's new status is written. Conditions, counts and examples are written at once; where only the figures moved
 * (counters, memory, ksmd's CPU, verdicts), so many nodes may report that each is hardly news, and they wait: 0.1 s for every
 * node that the policy has won, at least 1 s and at most 15 s after the last write.
 */
public final class StatusPace {
    private static final long SHORTEST_MILLIS = 1_000;
    private static final long LONGEST_MILLIS = 15_000;
    private static final long MILLIS_FOR_EACH_NODE = 100;

    private StatusPace() {}

    /**
     * How long {@code now} is still to wait; not positive if it is due.
     *
     * @param before the status as it was last written, null if there was none
     * @param age for how long that has stood
     */
    public static Duration left(@Nullable KsmPolicyStatus before, KsmPolicyStatus now, Duration age) {
        if (before == null || !withoutFigures(now).equals(withoutFigures(before))) {
            return Duration.ZERO;
        }
        return pause(now).minus(age);
    }

    private static Duration pause(KsmPolicyStatus status) {
        long nodes = status.nodes() == null ? 0 : status.nodes().targeted();
        return Duration.ofMillis(Math.clamp(MILLIS_FOR_EACH_NODE * nodes, SHORTEST_MILLIS, LONGEST_MILLIS));
    }

    private static KsmPolicyStatus withoutFigures(KsmPolicyStatus status) {
        return new KsmPolicyStatus(
                status.observedGeneration(),
                status.nodes(),
                null,
                null,
                null,
                Map.of(),
                status.examples(),
                status.conditions());
    }
}
