package dev.samepage.policy;

import dev.samepage.api.Conditions;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicyStatus;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.policy.Member.Standing;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a policy's status from what is known of the fleet. Equal input gives an equal status, whenever that is. */
public final class PolicyStatus {
    private static final int EXAMPLES = 5;

    private final Clock clock;

    /** Times, and whether an agent has been silent for too long, are by {@code clock}. */
    public PolicyStatus(Clock clock) {
        this.clock = clock;
    }

    /**
     * What a look at a policy's nodes leads to.
     *
     * @param status the status that the policy is to have
     * @param rollout whose turn it is to be told of it; null where the policy is not understood and tells nobody
     */
    public record Look(KsmPolicyStatus status, @Nullable Rollout rollout) {}

    /**
     * Looks at every node of the fleet, once.
     *
     * @param fleet among its policies is {@code policy}, the same version of it
     * @param beingTold nodes that are just being told what the policy wants, and whose KsmNodes in {@code fleet} know nothing of it yet
     */
    public Look look(KsmPolicy policy, Fleet fleet, Set<String> beingTold) {
        var before = policy.getStatus();
        var conditions = new Conditions(
                clock.instant(),
                Objects.requireNonNullElse(policy.getMetadata().getGeneration(), 0L),
                before == null ? List.of() : before.conditions());
        if (!Election.isUnderstood(policy)) {
            return new Look(
                    new KsmPolicyStatus(
                            policy.getMetadata().getGeneration(),
                            new NodeCounts(0, 0, 0, 0, 0, 0, 0, 0),
                            null,
                            null,
                            null,
                            Map.of(),
                            List.of(),
                            PolicyConditions.notUnderstood(conditions)),
                    null);
        }
        var territory = Territory.of(policy, fleet, clock);
        var rollout = Rollout.of(policy, territory, beingTold);
        var totals = Totals.of(territory.members().stream()
                .map(Member::status)
                .filter(Objects::nonNull)
                .toList());
        var status = new KsmPolicyStatus(
                policy.getMetadata().getGeneration(),
                counts(territory),
                totals.counters(),
                totals.memory(),
                totals.ksmd(),
                totals.verdicts(),
                territory.all(Standing.FAILED).stream()
                        .limit(EXAMPLES)
                        .map(Member::asExample)
                        .toList(),
                PolicyConditions.of(
                        new Situation(policy, territory, rollout, unavailable(fleet.agents(), conditions)),
                        conditions));
        return new Look(status, rollout);
    }

    private static Agents.@Nullable Unavailable unavailable(Agents agents, Conditions conditions) {
        return switch (agents) {
            case Agents.Installed installed -> null;
            case Agents.Unavailable unavailable -> unavailable;
            case Agents.Unknown unknown -> PolicyConditions.agentsUnavailableIn(conditions);
        };
    }

    private static NodeCounts counts(Territory territory) {
        return new NodeCounts(
                territory.matched(),
                territory.members().size(),
                territory.overridden(),
                territory.skipped(),
                territory.count(Standing.APPLIED),
                territory.count(Standing.PROGRESSING),
                territory.count(Standing.FAILED),
                territory.count(Standing.UNREACHABLE));
    }
}
