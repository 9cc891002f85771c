package dev.samepage.agent;

import dev.samepage.kernel.Knob;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What an agent has done since it started and what it is after: all that its metrics show and its status does not. Written by the agent's
 * threads, read by whoever asks.
 */
public final class Activity {
    private final Map<Deed, LongAdder> counts = new EnumMap<>(Deed.class);
    private volatile @Nullable Aim aim;
    private volatile @Nullable Duration lastRound;

    /** Nothing was done yet. */
    public Activity() {
        for (Deed deed : Deed.values()) {
            counts.put(deed, new LongAdder());
        }
    }

    /**
     * What a round was after.
     *
     * @param policy the policy that covers the node; empty where none does
     * @param wanted every knob as it is to be; one that nobody wants otherwise is wanted as it is
     * @param unmergeRefused whether memory should be un-merged and is not
     */
    record Aim(String policy, Map<Knob, Long> wanted, boolean unmergeRefused) {
        Aim {
            wanted = Map.copyOf(wanted);
        }
    }

    void count(Deed deed) {
        count(deed, 1);
    }

    void count(Deed deed, long times) {
        of(deed).add(times);
    }

    /** How often that was done since the start. */
    long counted(Deed deed) {
        return of(deed).sum();
    }

    private LongAdder of(Deed deed) {
        return Objects.requireNonNull(counts.get(deed), deed::name);
    }

    void roundTook(Duration time) {
        count(Deed.ROUND);
        lastRound = time;
    }

    /** How long the last round took; empty before the first one has ended. */
    Optional<Duration> lastRound() {
        return Optional.ofNullable(lastRound);
    }

    /** Sets what is aimed at; null where KSM cannot be used. */
    void aimsAt(@Nullable Aim next) {
        aim = next;
    }

    /** What the last round was after; empty before the first, and where KSM cannot be used. */
    Optional<Aim> aim() {
        return Optional.ofNullable(aim);
    }
}
