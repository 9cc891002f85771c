package dev.samepage.policy;

import static dev.samepage.policy.Given.condition;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ten nodes, n0 to n9, of which no more than three may be at work and no more than one may have failed. */
class RolloutTest {
    private static final String LIMITS = "rollout: {maxConcurrent: 3, maxFailures: 1}";

    /** As {@code printf %s uid-of-a/n0 | sha256sum} sorts them, and so on. */
    private static final List<String> IN_ORDER = List.of("n9", "n0", "n5", "n6", "n2", "n3", "n7", "n1", "n4", "n8");

    private final KsmPolicy before = stored("{nodeSelector: {}, mode: Observe, %s}".formatted(LIMITS));
    private final KsmPolicy policy = stored("{nodeSelector: {}, mode: Stopped, %s}".formatted(LIMITS));

    private final List<NodeFacts> nodes = new ArrayList<>();
    private final Map<String, KsmNode> ksmNodes = new HashMap<>();

    RolloutTest() {
        for (int i = 0; i < 10; i++) {
            nodes.add(node("n" + i));
        }
    }

    @Test
    void asManyAsMayBeAtWorkAreNextAtFirst() {
        assertThat(rollout().next()).containsExactlyInAnyOrder("n9", "n0", "n5");
        assertThat(rollout().waiting()).isEqualTo(10);
    }

    @Test
    void whoIsAtWorkHoldsAPlace() {
        told("n9");
        told("n0");

        assertThat(rollout().next()).containsExactly("n5");
        assertThat(rollout().waiting()).isEqualTo(8);
    }

    @Test
    void whoIsStillApplyingHoldsAPlace() {
        ksmNodes.put("n9", obeying("n9", policy, State.APPLYING));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n0", "n5");
    }

    @Test
    void whoIsDoneHoldsNone() {
        ksmNodes.put("n9", obeying("n9", policy, State.APPLIED));
        told("n0");

        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6");
    }

    @Test
    void nobodyIsNextWhereAllPlacesAreHeld() {
        told("n9");
        told("n0");
        told("n5");

        assertThat(rollout().next()).isEmpty();
    }

    @Test
    void whoIsBeingToldHoldsAPlaceBeforeThatIsSeen() {
        told("n9");

        assertThat(rollout(Set.of("n0")).next()).containsExactly("n5");
        assertThat(rollout(Set.of("n9", "n0")).next()).containsExactly("n5");
    }

    @Test
    void asManyFailuresAsAreToleratedStopNothing() {
        ksmNodes.put("n9", obeying("n9", policy, State.FAILED));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n0", "n5", "n6");
        assertThat(rollout().stopped()).isFalse();
    }

    @Test
    void oneFailureMoreStopsIt() {
        ksmNodes.put("n9", obeying("n9", policy, State.FAILED));
        ksmNodes.put("n0", obeying("n0", policy, State.FAILED));

        assertThat(rollout().next()).isEmpty();
        assertThat(rollout().stopped()).isTrue();
    }

    @Test
    void itGoesOnWhenANodeIsRepaired() {
        ksmNodes.put("n9", obeying("n9", policy, State.APPLIED));
        ksmNodes.put("n0", obeying("n0", policy, State.FAILED));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6", "n2");
    }

    @Test
    void aFailureWithWhatWasWantedBeforeIsNone() {
        ksmNodes.put("n9", obeying("n9", before, State.FAILED));
        ksmNodes.put("n0", obeying("n0", before, State.FAILED));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n9", "n0", "n5");
        assertThat(rollout().failed()).isZero();
    }

    @Test
    void whereNobodyWaitsNothingIsStopped() {
        nodes.forEach(node -> ksmNodes.put(node.name(), obeying(node.name(), policy, State.FAILED)));

        assertThat(rollout().stopped()).isFalse();
    }

    @Test
    void whilePausedNobodyIsNext() {
        policy.setSpec(stored("{nodeSelector: {}, mode: Stopped, paused: true}").getSpec());

        assertThat(rollout().next()).isEmpty();
        assertThat(rollout().waiting()).isEqualTo(10);
    }

    @Test
    void whoIsAtWorkOnWhatWasWantedBeforeKeepsItsPlaceAndIsToldFirst() {
        ksmNodes.put("n8", obeying("n8", before, State.APPLYING));
        ksmNodes.put("n4", ksmNode("n4", Assignment.specFrom(before), report(State.APPLIED, "0123456789ab")));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n8", "n4", "n9");
    }

    @Test
    void whereMoreAreAtWorkThanMayOnlyTheyAreTold() {
        nodes.forEach(node -> ksmNodes.put(node.name(), obeying(node.name(), before, State.APPLIED)));
        for (String busy : List.of("n1", "n8", "n4", "n7", "n3")) {
            ksmNodes.put(busy, obeying(busy, before, State.APPLYING));
        }

        assertThat(rollout().next()).containsExactlyInAnyOrder("n3", "n7", "n1");
    }

    @Test
    void whoCannotBeReachedIsNotToldAndHoldsNoPlace() {
        unreachable("n9");
        unreachable("n0");
        told("n0");

        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6", "n2");
        assertThat(rollout().waiting()).isEqualTo(8);
    }

    @Test
    void whoDoesNotAnswerHoldsAPlaceFor5Minutes() {
        told("n9", "2026-03-01T11:55:00Z");
        told("n0", "2026-03-01T11:54:59Z");

        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6");
    }

    @Test
    void nodesThatAreLostAfterTheyWereToldStopIt() {
        told("n9");
        told("n0");
        unreachable("n9");
        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6");

        unreachable("n0");

        assertThat(rollout().next()).isEmpty();
        assertThat(rollout().failed()).isEqualTo(2);
        assertThat(rollout().stopped()).isTrue();
    }

    @Test
    void soDoThoseWhoseAgentsDoNotAnswer() {
        told("n9", "2026-03-01T11:54:59Z");
        told("n0", "2026-03-01T11:54:59Z");

        assertThat(rollout().stopped()).isTrue();
    }

    @Test
    void soDoThoseThatAreAtWorkForLongerThanAnHour() {
        for (String node : List.of("n9", "n0")) {
            ksmNodes.put(node, obeying(node, policy, State.APPLYING));
            requireNonNull(ksmNodes.get(node)).getMetadata().setCreationTimestamp("2026-03-01T11:00:00Z");
        }
        assertThat(rollout().stopped()).isFalse();

        for (String node : List.of("n9", "n0")) {
            requireNonNull(ksmNodes.get(node)).getMetadata().setCreationTimestamp("2026-03-01T10:59:59Z");
        }

        assertThat(rollout().stopped()).isTrue();
    }

    @Test
    void whoHasBegunOnceMoreIsNotAtWorkSinceItWasTold() {
        Condition since = condition("Reconciling", "True", "Applying", "");
        since.setLastTransitionTime("2026-03-01T11:59:00Z");
        String hash = Assignment.specFrom(policy).hash();
        KsmNode again = ksmNode(
                "n9",
                Assignment.specFrom(policy),
                report(State.APPLYING, hash, "", "2026-03-01T11:59:00Z", List.of(since)));
        again.getMetadata().setCreationTimestamp("2026-03-01T08:00:00Z");
        ksmNodes.put("n9", again);

        assertThat(rollout().failed()).isZero();
    }

    @Test
    void aRefusalCountsAlsoWhereItsNodeCannotBeReached() {
        ksmNodes.put("n9", obeying("n9", policy, State.FAILED));
        ksmNodes.put("n0", obeying("n0", policy, State.FAILED));
        unreachable("n9");
        unreachable("n0");

        assertThat(rollout().stopped()).isTrue();
    }

    @Test
    void whoCouldNotBeReachedBeforeItWasToldIsNoFailure() {
        ksmNodes.put("n9", obeying("n9", before, State.APPLIED));
        for (String node : List.of("n9", "n0", "n5")) {
            unreachable(node);
        }

        assertThat(rollout().failed()).isZero();
    }

    @Test
    void whoWasDoneBeforeItWasLostIsNone() {
        ksmNodes.put("n9", obeying("n9", policy, State.APPLIED));
        unreachable("n9");

        assertThat(rollout().failed()).isZero();
    }

    @Test
    void nobodyThatCannotBeReachedFailsByAnEditThatChangesNoSetting() {
        for (String node : List.of("n9", "n0")) {
            ksmNodes.put(node, obeying(node, policy, State.APPLIED));
            unreachable(node);
        }

        edit("{nodeSelector: {}, mode: Stopped, onRemoval: Keep, %s}".formatted(LIMITS));

        assertThat(rollout().failed()).isZero();
        assertThat(rollout().next()).containsExactlyInAnyOrder("n5", "n6", "n2");
    }

    @Test
    void whereThereWasNeverAnAgentNothingHasFailed() {
        for (String node : List.of("n9", "n0", "n5")) {
            KsmNode agentless = ksmNode(node, Assignment.specFrom(policy), null);
            agentless.getMetadata().setCreationTimestamp("2026-03-01T11:50:00Z");
            ksmNodes.put(node, agentless);
        }

        assertThat(rollout().failed()).isZero();
        assertThat(rollout().next()).containsExactlyInAnyOrder("n6", "n2", "n3");
    }

    @Test
    void whatItsAgentWritesIsNoNewStart() {
        told("n9", "2026-03-01T11:50:00Z");
        requireNonNull(ksmNodes.get("n9"))
                .getMetadata()
                .getManagedFields()
                .add(new ManagedFieldsEntryBuilder()
                        .withSubresource("status")
                        .withTime("2026-03-01T11:59:00Z")
                        .build());

        assertThat(rollout().next()).containsExactlyInAnyOrder("n0", "n5", "n6");
    }

    @Test
    void whoWorksForLongerThanThatHoldsItsPlace() {
        KsmNode slow = obeying("n9", policy, State.APPLYING);
        slow.getMetadata().setCreationTimestamp("2026-03-01T11:00:00Z");
        ksmNodes.put("n9", slow);

        assertThat(rollout().next()).containsExactlyInAnyOrder("n0", "n5");
    }

    @Test
    void whoDidNotAnswerBeforeComesLast() {
        KsmNode silent = ksmNode("n9", Assignment.specFrom(before), null);
        silent.getMetadata().setCreationTimestamp("2026-03-01T11:50:00Z");
        ksmNodes.put("n9", silent);
        for (String done : IN_ORDER.subList(1, 8)) {
            ksmNodes.put(done, obeying(done, policy, State.APPLIED));
        }

        assertThat(rollout().next()).containsExactlyInAnyOrder("n4", "n8", "n9");
        told("n4");
        assertThat(rollout().next()).containsExactlyInAnyOrder("n8", "n9");
        told("n8");
        told("n6");
        assertThat(rollout().next()).isEmpty();
    }

    @Test
    void aNodeThatActsOnTheSameAlreadyIsNotWaitedFor() {
        KsmPolicy another = policy("b", "{nodeSelector: {}, mode: Stopped}");
        ksmNodes.put("n9", obeying("n9", another, State.APPLIED));

        assertThat(rollout().next()).containsExactlyInAnyOrder("n0", "n5", "n6");
        assertThat(rollout().waiting()).isEqualTo(9);
    }

    @Test
    void theOrderIsAnotherOneForEachPolicy() {
        policy.getMetadata().setUid("uid-of-b");

        // printf %s uid-of-b/n0 | sha256sum, and so on
        assertThat(rollout().next()).containsExactlyInAnyOrder("n7", "n5", "n8");
    }

    @Test
    void theOrderDoesNotDependOnHowTheNodesCome() {
        List<NodeFacts> reversed = nodes.reversed();

        assertThat(look(reversed, Set.of()).next()).containsExactlyInAnyOrder("n9", "n0", "n5");
    }

    /** There are two looks a second at most, however many nodes report, and a node that asks for its turn looks at no other. */
    @Test
    void aLookReadsEachOf5000NodesOnce() {
        var reads = new AtomicInteger();
        var many = new AbstractList<NodeFacts>() {
            @Override
            public NodeFacts get(int i) {
                reads.incrementAndGet();
                return node("n" + i);
            }

            @Override
            public int size() {
                return 5000;
            }
        };

        assertThat(look(many, Set.of()).waiting()).isEqualTo(5000);
        assertThat(reads).hasValue(5000);
    }

    private void told(String node) {
        told(node, "2026-03-01T11:59:58Z");
    }

    private void told(String node, String when) {
        KsmNode told = ksmNode(node, Assignment.specFrom(policy), report(State.APPLIED, "0123456789ab"));
        told.getMetadata().setCreationTimestamp("2026-03-01T08:00:00Z");
        told.getMetadata()
                .setManagedFields(new ArrayList<>(
                        List.of(new ManagedFieldsEntryBuilder().withTime(when).build())));
        ksmNodes.put(node, told);
    }

    /** The policy is edited, and every node is told that is told without a turn. */
    private void edit(String spec) {
        policy.setSpec(stored(spec).getSpec());
        for (NodeFacts node : nodes) {
            KsmNode current = ksmNodes.get(node.name());
            if (Assignment.of(node, List.of(policy), current, null) instanceof Assignment.Spec(var told)) {
                requireNonNull(current).setSpec(told);
            }
        }
    }

    private void unreachable(String name) {
        nodes.replaceAll(
                node -> node.name().equals(name) ? new NodeFacts(name, node.labels(), Tuner.SAMEPAGE, false) : node);
    }

    private Rollout rollout() {
        return rollout(Set.of());
    }

    private Rollout rollout(Set<String> beingTold) {
        Rollout rollout = look(nodes, beingTold);
        assertThat(rollout.hash()).isEqualTo(Assignment.specFrom(policy).hash());
        return rollout;
    }

    private Rollout look(List<NodeFacts> nodes, Set<String> beingTold) {
        var fleet = new Fleet(nodes, List.of(policy), ksmNodes);
        return requireNonNull(
                new PolicyStatus(Given.CLOCK).look(policy, fleet, beingTold).rollout());
    }

    private static KsmPolicy stored(String spec) {
        KsmPolicy stored = policy("a", spec);
        stored.getMetadata().setUid("uid-of-a");
        return stored;
    }
}
