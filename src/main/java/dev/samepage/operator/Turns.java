package dev.samepage.operator;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.samepage.policy.Rollout;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * Hands on whose turn it is: the {@link PolicyReconciler} looks at all nodes of a policy, at most twice a second, and says here who
 * is next; the {@link NodeReconciler} asks here about one node, and so never has to look at the others.
 *
 * <p>What is written on a node is seen by the policy's reconciler a moment later. Until then the node is remembered as being told,
 * so that its place is not given to another; at the longest for a minute, after which what is observed counts.
 */
@Singleton
public class Turns {
    private static final Duration LONGEST_MOMENT = Duration.ofMinutes(1);

    private record Plan(String hash, Set<String> next) {}

    private record Told(String policy, Instant when, String hash) {}

    private final Clock clock;
    private final Map<String, Plan> plans = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private Consumer<String> listener = node -> {};

    /** Time is {@code clock}'s. */
    public Turns(Clock clock) {
        this.clock = clock;
    }

    /** Calls {@code listener} from now on with the name of each node whose turn has come. */
    synchronized void listen(Consumer<String> listener) {
        this.listener = listener;
    }

    /**
     * Says who is next by the policy of this uid.
     *
     * @param counted the nodes that were taken to be just being told: where one more has taken its turn meanwhile, nobody is next, until
     *     that is seen
     */
    void plan(String policy, Rollout rollout, Set<String> counted) {
        Set<String> called;
        Consumer<String> listenerNow;
        synchronized (this) {
            Set<String> next = isOvertaken(policy, rollout.next(), counted) ? Set.of() : rollout.next();
            called = new HashSet<>(next);
            Plan before = plans.put(policy, new Plan(rollout.hash(), next));
            if (before != null && before.hash().equals(rollout.hash())) {
                called.removeAll(before.next());
            }
            listenerNow = listener;
        }
        called.forEach(listenerNow);
    }

    private boolean isOvertaken(String policy, Set<String> next, Set<String> counted) {
        return told.entrySet().stream()
                .anyMatch(entry -> entry.getValue().policy().equals(policy)
                        && !counted.contains(entry.getKey())
                        && !next.contains(entry.getKey()));
    }

    /** Forgets all policies but those of these uids. */
    synchronized void retain(Collection<String> policies) {
        plans.keySet().retainAll(policies);
    }

    /** Whether the node may be told what hashes so. */
    synchronized boolean isNext(String policy, String hash, String node) {
        Plan plan = plans.get(policy);
        return plan != null && plan.hash().equals(hash) && plan.next().contains(node);
    }

    /** The same, and if so it counts as being told from now on. */
    synchronized boolean take(String policy, String hash, String node) {
        if (!isNext(policy, hash, node)) {
            return false;
        }
        told.put(node, new Told(policy, clock.instant(), hash));
        return true;
    }

    /** The node that has taken its turn could not be told. */
    synchronized void giveBack(String node) {
        told.remove(node);
    }

    /**
     * The KsmNode that told the node what hashes so is gone, or says something else by now: where that has not been seen yet, it is not
     * going to be.
     */
    synchronized void gone(String node, String hash) {
        told.computeIfPresent(node, (name, what) -> what.hash().equals(hash) ? null : what);
    }

    /**
     * The nodes that are just being told what this policy wants, and that is not seen yet.
     *
     * @param isSeen whether a node's KsmNode is seen to have this hash
     */
    synchronized Set<String> beingTold(String policy, BiPredicate<String, String> isSeen) {
        Instant oldest = clock.instant().minus(LONGEST_MOMENT);
        told.entrySet()
                .removeIf(entry -> entry.getValue().when().isBefore(oldest)
                        || (entry.getValue().policy().equals(policy)
                                && isSeen.test(entry.getKey(), entry.getValue().hash())));
        return told.entrySet().stream()
                .filter(entry -> entry.getValue().policy().equals(policy))
                .map(Map.Entry::getKey)
                .collect(toUnmodifiableSet());
    }
}
