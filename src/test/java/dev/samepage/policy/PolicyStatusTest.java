package dev.samepage.policy;

import static dev.samepage.policy.Given.condition;
import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.samepage.api.KsmCounters;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicyStatus;
import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.KsmPolicyStatus.NodeCounts;
import dev.samepage.api.KsmdStatus;
import dev.samepage.api.MemoryStatus;
import dev.samepage.api.State;
import dev.samepage.api.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyStatusTest {
    private final KsmPolicy policy = forAll("a", 5);

    @Test
    void everyNodeApplied() {
        var status = status(policy, obeying("n1", policy, State.APPLIED), obeying("n2", policy, State.APPLIED));

        assertThat(status.observedGeneration()).isEqualTo(3L);
        assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 2, 0, 0, 2, 0, 0, 0));
        assertThat(conditions(status))
                .containsExactly(
                        "Ready=True Applied: 2 of 2 nodes as the policy wants.",
                        "Reconciling=False Done: No node is on the way.",
                        "Stalled=False NoFailures: No node failed.",
                        "Degraded=False Complete: No node lacks a setting.",
                        "Conflicted=False NoConflict: No other policy of this priority matches the same nodes.");
        assertThat(status.conditions())
                .extracting(Condition::getObservedGeneration)
                .containsOnly(3L);
    }

    @Test
    void someNodesOnTheWay() {
        var status = status(
                policy,
                obeying("n1", policy, State.APPLIED),
                obeying("n2", policy, State.APPLYING),
                ksmNode("n3", null, null));

        assertThat(status.nodes()).isEqualTo(new NodeCounts(3, 3, 0, 0, 1, 2, 0, 0));
        assertThat(conditions(status))
                .contains(
                        "Ready=False Progressing: 1 of 3 nodes as the policy wants, 2 on the way.",
                        "Reconciling=True Progressing: 1 of 3 nodes have it, 1 at a time.",
                        "Stalled=False NoFailures: No node failed.");
    }

    @Test
    void theLastNodesOnTheWay() {
        var status = status(policy, obeying("n1", policy, State.APPLIED), obeying("n2", policy, State.APPLYING));

        assertThat(conditions(status))
                .contains(
                        "Ready=False Progressing: 1 of 2 nodes as the policy wants, 1 on the way.",
                        "Reconciling=True Progressing: 1 node on the way.");
    }

    @Test
    void tooManyFailuresStallThePolicyWithTheFirstReasons() {
        var status = status(
                policy,
                failed("n1", "WriteRefused", "run=1 refused: EACCES"),
                failed("n2", "NoKsm", "This kernel has no KSM."),
                failed("n3", "NoKsm", "x".repeat(256)),
                failed("n4", "NoKsm", "no"),
                obeying("n5", policy, State.APPLIED),
                ksmNode("n6", null, null),
                ksmNode("n7", null, null));

        assertThat(conditions(status))
                .contains(
                        "Ready=False NodesFailed: 4 of 7 nodes failed; the first: n1: run=1 refused: EACCES",
                        "Reconciling=False RolloutStopped: 2 nodes not told of it.",
                        "Stalled=True RolloutStopped: 2 nodes not told, because 4 of 7 failed and rollout.maxFailures (5%) tolerates 0."
                                + " The first: n1: run=1 refused: EACCES; n2: This kernel has no KSM; n3: "
                                + "x".repeat(256)
                                + ". Repair them, or change the policy, and it goes on; or raise rollout.maxFailures.");
    }

    @Test
    void failuresThatAreToleratedDoNotStallThePolicyWhileOthersAreOnTheWay() {
        KsmPolicy tolerant =
                policy("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, rollout: {maxFailures: 1}}");

        var status = status(tolerant, failed("n1", "NoKsm", "no"), obeying("n2", tolerant, State.APPLYING));

        assertThat(conditions(status))
                .contains(
                        "Ready=False NodesFailed: 1 of 2 nodes failed; the first: n1: no",
                        "Reconciling=True Progressing: 1 node on the way.",
                        "Stalled=False FailuresTolerated: 1 of 2 nodes failed; rollout.maxFailures tolerates 1, and the others go on.");
    }

    @Test
    void failuresThatAreToleratedStallThePolicyInTheEnd() {
        KsmPolicy tolerant =
                policy("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, rollout: {maxFailures: 1}}");

        var status = status(tolerant, failed("n1", "NoKsm", "no"), obeying("n2", tolerant, State.APPLIED));

        assertThat(conditions(status))
                .contains(
                        "Stalled=True NodesFailed: 1 of 2 nodes failed; Ready names the first, examples the first five.");
    }

    @Test
    void aNodeThatIsLostWithWhatThePolicyWantsBlocksNothing() {
        var fleet = new Fleet(
                List.of(node("n1"), lost("n2")),
                List.of(policy),
                Map.of("n1", obeying("n1", policy, State.APPLIED), "n2", obeying("n2", policy, State.APPLIED)));

        var status = status(policy, fleet);

        assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 2, 0, 0, 1, 0, 0, 1));
        assertThat(conditions(status))
                .contains(
                        "Ready=True Applied: 1 of 2 nodes as the policy wants, 1 cannot be reached (n2).",
                        "Reconciling=False Done: No node is on the way.");
    }

    @Test
    void aNodeThatIsLostWithoutItKeepsThePolicyFromBeingReady() {
        var fleet = new Fleet(
                List.of(node("n1"), lost("n2")), List.of(policy), Map.of("n1", obeying("n1", policy, State.APPLIED)));

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=False NodesUnreachable: 1 of 2 nodes as the policy wants, 1 cannot be reached (n2).",
                        "Reconciling=False NodesUnreachable: Of the nodes that can be reached none is on the way.",
                        "Stalled=False NoFailures: No node failed.");
    }

    @Test
    void aPolicyOfWhichNoNodeCanBeReachedIsNotReady() {
        var fleet = new Fleet(List.of(lost("n1")), List.of(policy), Map.of("n1", obeying("n1", policy, State.APPLIED)));

        assertThat(conditions(status(policy, fleet)))
                .contains("Ready=False NodesUnreachable: 0 of 1 node as the policy wants, 1 cannot be reached (n1).");
    }

    @Test
    void aPausedPolicyIsNotReadyEither() {
        KsmPolicy paused = policy("a", "{nodeSelector: {}, mode: Stopped, paused: true}");
        var fleet = new Fleet(List.of(lost("n1")), List.of(paused), Map.of());

        assertThat(conditions(status(paused, fleet)))
                .contains(
                        "Ready=False Paused: 0 of 1 node as the policy wants, 1 cannot be reached (n1). Paused: no node is told anything else.");
    }

    @Test
    void nodesThatAreLostOverAChangeStopItAndAreNamed() {
        var fleet = new Fleet(
                List.of(lost("n1"), node("n2")),
                List.of(policy),
                Map.of("n1", ksmNode("n1", Assignment.specFrom(policy), report(State.APPLIED, "0123456789ab"))));
        String why =
                "1 node not told, because 1 of 2 failed and rollout.maxFailures (5%) tolerates 0. The first: n1: it was told,"
                        + " and cannot be reached since. Repair it, or change the policy, and it goes on; or raise rollout.maxFailures.";

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=False RolloutStopped: " + why,
                        "Reconciling=False RolloutStopped: 1 node not told of it.",
                        "Stalled=True RolloutStopped: " + why);
    }

    @Test
    void aNodeWhoseAgentDoesNotAnswerIsLostToo() {
        var silent = ksmNode("n1", Assignment.specFrom(policy), report(State.APPLIED, "0123456789ab"));
        silent.getMetadata().setCreationTimestamp("2026-03-01T11:54:59Z");

        assertThat(conditions(status(policy, silent, ksmNode("n2", null, null))))
                .anyMatch(condition ->
                        condition.contains("The first: n1: it was told, and its agent does not come to an end of it."));
    }

    @Test
    void whereNoAgentAnswersFor5MinutesThePolicySaysSo() {
        var agentless = ksmNode("n1", Assignment.specFrom(policy), null);
        agentless.getMetadata().setCreationTimestamp("2026-03-01T11:54:59Z");

        assertThat(conditions(status(policy, agentless)))
                .contains(
                        "Ready=False NoAgent: 0 of 1 node as the policy wants, 1 on the way (no agent answers on n1).",
                        "Reconciling=True NoAgent: 1 node on the way, but no agent answers there.",
                        "Stalled=False NoFailures: No node failed.");
        assertThat(conditions(status(policy, agentless, obeying("n2", policy, State.APPLYING))))
                .contains(
                        "Ready=False Progressing: 0 of 2 nodes as the policy wants, 2 on the way (no agent answers on n1).",
                        "Reconciling=True Progressing: 2 nodes on the way.");
    }

    @Test
    void aReadyPolicySaysWhichNodesItLeavesAlone() {
        var fleet = new Fleet(
                List.of(node("n1"), new NodeFacts("n2", Map.of(), Tuner.KUBEVIRT, true)),
                List.of(policy),
                Map.of("n1", obeying("n1", policy, State.APPLIED)));

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=True Applied: 1 of 1 node as the policy wants, 1 skipped: KubeVirt tunes them (its ksmConfiguration).");
    }

    private static NodeFacts lost(String name) {
        return new NodeFacts(name, Map.of(), Tuner.SAMEPAGE, false);
    }

    @Test
    void aFailedNodeIsNamedWithItsReason() {
        var status = status(
                policy,
                obeying("n1", policy, State.APPLIED),
                failed("n3", "WriteRefused", "run=1 refused: EACCES"),
                failed("n2", "NoKsm", "this kernel has no KSM"),
                obeying("n4", policy, State.APPLYING));

        assertThat(status.nodes()).isEqualTo(new NodeCounts(4, 4, 0, 0, 1, 1, 2, 0));
        assertThat(status.examples())
                .containsExactly(
                        new Example("n2", "NoKsm", "this kernel has no KSM"),
                        new Example("n3", "WriteRefused", "run=1 refused: EACCES"));
        assertThat(conditions(status))
                .contains(
                        "Ready=False NodesFailed: 2 of 4 nodes failed; the first: n2: this kernel has no KSM",
                        "Reconciling=False NodesFailed: 1 node on the way, but others failed.",
                        "Stalled=True NodesFailed: 2 of 4 nodes failed; Ready names the first, examples the first five.");
    }

    @Test
    void nodesWhereSomebodyElseChangesTheSettingsHaveFailedAndAreCounted() {
        var status = status(
                policy,
                obeying("n1", policy, State.CONTENDED),
                failed("n2", "NoKsm", "this kernel has no KSM"),
                obeying("n3", policy, State.APPLIED));

        assertThat(status.nodes()).isEqualTo(new NodeCounts(3, 3, 0, 0, 1, 0, 2, 0));
        assertThat(status.examples()).hasSize(2);
        assertThat(conditions(status))
                .contains(
                        "Ready=False NodesFailed: 2 of 3 nodes failed, 1 of them because somebody else keeps changing KSM's"
                                + " settings; the first: n1: all is well");
    }

    @Test
    void aPolicyWhoseFailuresAreAllOfThatKindSaysSoInItsReason() {
        var status = status(
                policy,
                obeying("n1", policy, State.CONTENDED),
                obeying("n2", policy, State.APPLIED),
                obeying("n3", policy, State.APPLYING));

        assertThat(conditions(status))
                .contains(
                        "Ready=False NodesContended: On 1 of 3 nodes somebody else keeps changing KSM's settings; the first: n1: all is"
                                + " well",
                        "Reconciling=False NodesContended: 1 node on the way, but others failed.",
                        "Stalled=True NodesContended: On 1 of 3 nodes somebody else keeps changing KSM's settings; Ready names the"
                                + " first, examples the first five.");
    }

    @Test
    void atMostFiveExamplesByName() {
        var nodes = new ArrayList<KsmNode>();
        for (int i = 9; i >= 1; i--) {
            nodes.add(failed("n" + i, "Failed", "no"));
        }

        assertThat(status(policy, nodes.toArray(KsmNode[]::new)).examples())
                .extracting(Example::node)
                .containsExactly("n1", "n2", "n3", "n4", "n5");
    }

    @Test
    void aNodeThatLacksASettingDegradesThePolicyAndBlocksNothing() {
        var degraded = ksmNode(
                "n1",
                Assignment.specFrom(policy),
                report(
                        State.APPLIED,
                        Assignment.specFrom(policy).hash(),
                        "applied",
                        "2026-03-01T11:55:00Z",
                        List.of(condition("Degraded", "True", "MissingKnobs", "this kernel has no smart_scan"))));

        assertThat(conditions(status(policy, degraded)))
                .contains(
                        "Ready=True Applied: 1 of 1 node as the policy wants.",
                        "Degraded=True NodesDegraded: 1 of 1 node lack a setting; the first: n1: this kernel has no smart_scan");
    }

    @Test
    void nodesWithoutAgentsThatCannotBeInstalledStallThePolicy() {
        var fleet = fleet(policy, obeying("n1", policy, State.APPLIED), ksmNode("n2", null, null))
                .with(new Agents.Unavailable("AgentManifestInvalid", "The file is empty."));

        assertThat(conditions(status(policy, fleet)))
                .containsExactly(
                        "Ready=False AgentManifestInvalid: 1 of 2 nodes as the policy wants, 1 on the way. The file is empty.",
                        "Reconciling=False AgentManifestInvalid: 1 node on the way, but not without an agent.",
                        "Stalled=True AgentManifestInvalid: The file is empty.",
                        "Degraded=True AgentManifestInvalid: The file is empty.",
                        "Conflicted=False NoConflict: No other policy of this priority matches the same nodes.");
    }

    @Test
    void agentsThatCannotBeBroughtUpToDateDegradeThePolicyAndGoOn() {
        var fleet = fleet(policy, obeying("n1", policy, State.APPLIED), obeying("n2", policy, State.APPLYING))
                .with(new Agents.Unavailable("AgentNotApplied", "Forbidden."));

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=False Progressing: 1 of 2 nodes as the policy wants, 1 on the way.",
                        "Reconciling=True Progressing: 1 node on the way.",
                        "Stalled=False NoFailures: No node failed.",
                        "Degraded=True AgentNotApplied: Forbidden.");
    }

    @Test
    void aPolicyThatActsOnNoNodeNeedsNoAgents() {
        KsmPolicy nowhere = policy("a", "{nodeSelector: {matchLabels: {zone: moon}}, mode: Stopped}");
        var fleet =
                fleet(nowhere, ksmNode("n1", null, null)).with(new Agents.Unavailable("AgentNotApplied", "Forbidden."));

        assertThat(conditions(status(nowhere, fleet)))
                .contains(
                        "Ready=True NoNodes: nodeSelector matches no node.",
                        "Degraded=False Complete: No node lacks a setting.");
    }

    @Test
    void whatWasWrongWithTheAgentsHoldsUntilAnOperatorThatHasJustStartedHasLooked() {
        KsmNode[] nodes = {ksmNode("n1", null, null)};
        var unavailable = new Agents.Unavailable("AgentNotApplied", "Forbidden.");
        var before = status(policy, fleet(policy, nodes).with(unavailable));
        policy.setStatus(before);

        var unknown = status(policy, fleet(policy, nodes).with(new Agents.Unknown()));
        var installed = status(policy, fleet(policy, nodes).with(new Agents.Installed()));

        assertThat(unknown).isEqualTo(before);
        assertThat(conditions(installed))
                .contains(
                        "Ready=False Progressing: 0 of 1 node as the policy wants, 1 on the way.",
                        "Stalled=False NoFailures: No node failed.",
                        "Degraded=False Complete: No node lacks a setting.");
    }

    @Test
    void aTieIsAConflictOnBothAndNamesTheOther() {
        KsmPolicy rival = forAll("b", 5);
        var fleet = new Fleet(
                List.of(node("n1")), List.of(policy, rival), Map.of("n1", obeying("n1", policy, State.APPLIED)));
        String explanation = "Of the same priority (5), and matching some of the same nodes: %s. "
                + "The lowest name wins them; give one of the policies another priority.";

        var winner = status(policy, fleet);
        var loser = status(rival, fleet);

        assertThat(winner.nodes()).isEqualTo(new NodeCounts(1, 1, 0, 0, 1, 0, 0, 0));
        assertThat(conditions(winner))
                .contains(
                        "Ready=False Conflicted: 1 of 1 node as the policy wants. " + explanation.formatted("b"),
                        "Stalled=True Conflicted: " + explanation.formatted("b"),
                        "Conflicted=True SamePriority: " + explanation.formatted("b"));
        assertThat(loser.nodes()).isEqualTo(new NodeCounts(1, 0, 1, 0, 0, 0, 0, 0));
        assertThat(conditions(loser))
                .contains(
                        "Ready=False Conflicted: " + explanation.formatted("a"),
                        "Stalled=True Conflicted: " + explanation.formatted("a"),
                        "Conflicted=True SamePriority: " + explanation.formatted("a"));
    }

    @Test
    void aPolicyInConflictIsStalledAlsoWhileItsNodesAreOnTheWay() {
        var fleet = new Fleet(List.of(node("n1")), List.of(policy, forAll("b", 5)), Map.of());

        assertThat(conditions(status(policy, fleet)))
                .contains("Reconciling=False Conflicted: 1 node on the way, but in conflict.")
                .anyMatch(condition -> condition.startsWith("Stalled=True Conflicted: "));
    }

    @Test
    void twoThatLoseToAThirdAreInNoConflict() {
        KsmPolicy rival = forAll("b", 5);
        KsmPolicy winner = forAll("c", 6);
        var fleet = new Fleet(List.of(node("n1")), List.of(policy, rival, winner), Map.of());

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=True NoNodes: nodeSelector matches 1 node: 1 won by another policy (c).",
                        "Conflicted=False NoConflict: No other policy of this priority matches the same nodes.");
    }

    @Test
    void aPolicyThatMatchesNothingIsReadyAndSaysSo() {
        KsmPolicy nowhere = policy("a", "{nodeSelector: {matchLabels: {zone: moon}}, mode: Stopped}");

        assertThat(conditions(status(nowhere, ksmNode("n1", null, null))))
                .contains("Ready=True NoNodes: nodeSelector matches no node.");
    }

    @Test
    void aPolicyThatActsOnNoNodeSaysWhatBecameOfThem() {
        var tuned = new NodeFacts("n1", Map.of(), Tuner.KUBEVIRT, true);
        var labelled = new NodeFacts("n2", Map.of("zone", "north"), Tuner.SAMEPAGE, true);
        KsmPolicy stronger = policy("z", "{nodeSelector: {matchLabels: {zone: north}}, priority: 9, mode: Stopped}");
        var fleet = new Fleet(List.of(tuned, labelled), List.of(policy, stronger), Map.of());

        var status = status(policy, fleet);

        assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 0, 1, 1, 0, 0, 0, 0));
        assertThat(conditions(status))
                .contains("Ready=True NoNodes: nodeSelector matches 2 nodes: 1 won by another policy (z), "
                        + "1 skipped: KubeVirt tunes them (its ksmConfiguration).");
    }

    @Test
    void aPausedPolicyIsReadyOnceEveryNodeIsAsItWants() {
        KsmPolicy paused = policy("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, paused: true}");

        assertThat(conditions(status(paused, obeying("n1", paused, State.APPLIED))))
                .contains("Ready=True Paused: 1 of 1 node as the policy wants. Paused: no node is told anything else.");
        assertThat(conditions(status(paused, ksmNode("n1", null, null))))
                .contains(
                        "Ready=False Paused: 0 of 1 node as the policy wants, 1 on the way. Paused: no node is told anything else.",
                        "Reconciling=False Paused: 1 node not told while paused is true.");
    }

    @Test
    void aPolicyOfAnUnknownModeIsStalled() {
        KsmPolicy fromTheFuture = policy("a", "{nodeSelector: {}, mode: Clairvoyant}");

        var status = status(fromTheFuture, obeying("n1", policy, State.APPLIED));

        assertThat(status.nodes()).isEqualTo(new NodeCounts(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(status.conditions())
                .extracting(Condition::getType, Condition::getStatus, Condition::getReason)
                .containsExactly(
                        tuple("Ready", "False", "NotUnderstood"),
                        tuple("Reconciling", "False", "NotUnderstood"),
                        tuple("Stalled", "True", "NotUnderstood"),
                        tuple("Degraded", "False", "NotUnderstood"),
                        tuple("Conflicted", "False", "NotUnderstood"));
    }

    @Test
    void totalsAreThoseOfItsNodesOnly() {
        KsmPolicy south = policy("a", "{nodeSelector: {matchLabels: {zone: south}}, mode: Stopped}");
        var fleet = new Fleet(
                List.of(new NodeFacts("n1", Map.of("zone", "south"), Tuner.SAMEPAGE, true), node("n2")),
                List.of(south),
                Map.of("n1", saving("n1", south, "no"), "n2", saving("n2", south, "no")));

        var status = status(south, fleet);

        assertThat(status.counters()).isEqualTo(new KsmCounters(1L, 256L, 3L, 4L, null, null, null, 5L, null, null));
        assertThat(status.memory()).isEqualTo(new MemoryStatus("1Mi", 1_048_576L, "-1Ki", -64L, null, null));
        assertThat(status.ksmd()).isEqualTo(new KsmdStatus("0.4"));
        assertThat(status.verdicts()).isEqualTo(Map.of("Marginal", 1));
    }

    @Test
    void withoutAChangeTheStatusIsEqualAtAnyTime() {
        KsmNode[] nodes = {obeying("n1", policy, State.APPLIED), obeying("n2", policy, State.FAILED)};
        KsmPolicyStatus first = status(policy, nodes);
        policy.setStatus(first);
        var later = new PolicyStatus(Clock.offset(Given.CLOCK, Duration.ofMinutes(5)));

        assertThat(later.look(policy, fleet(policy, nodes), Set.of()).status()).isEqualTo(first);
    }

    @Test
    void isUnder6KilobytesAtAnyNumberOfNodes() {
        String long256 = "x".repeat(256);
        String name = "n".repeat(59) + "-";
        var nodes = new ArrayList<NodeFacts>();
        var ksmNodes = new ArrayList<KsmNode>();
        for (int i = 0; i < 5000; i++) {
            nodes.add(node("%s%04d".formatted(name, i)));
            ksmNodes.add(saving("%s%04d".formatted(name, i), policy, long256));
        }
        nodes.add(node("waiting"));
        var policies = new ArrayList<KsmPolicy>(List.of(policy));
        for (int i = 0; i < 40; i++) {
            policies.add(forAll("p".repeat(60) + i, 5));
        }

        var status = status(
                policy,
                Fleet.of(nodes, policies, ksmNodes).with(new Agents.Unavailable("AgentNotApplied", "x".repeat(9000))));

        assertThat(requireNonNull(status.nodes()).failed()).isEqualTo(5000);
        assertThat(new KubernetesSerialization().asJson(status).getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(6000);
    }

    private static KsmNode failed(String name, String reason, String message) {
        var spec = Assignment.specFrom(forAll("a", 5));
        return ksmNode(
                name,
                spec,
                report(
                        State.FAILED,
                        spec.hash(),
                        message,
                        "2026-03-01T11:55:00Z",
                        List.of(condition("Ready", "False", reason, message))));
    }

    private static KsmNode saving(String name, KsmPolicy policy, String message) {
        var spec = Assignment.specFrom(policy);
        return ksmNode(
                name,
                spec,
                new KsmNodeStatus(
                        1L,
                        State.FAILED,
                        message,
                        spec.hash(),
                        null,
                        Map.of(),
                        new KsmCounters(1L, 256L, 3L, 4L, null, null, null, 5L, null, null),
                        MemoryStatus.of(1_048_576, -64, 1L, 1L),
                        new KsmdStatus("0.4"),
                        null,
                        null,
                        null,
                        Verdict.MARGINAL,
                        1,
                        "2026-03-01T11:55:00Z",
                        List.of(
                                condition("Ready", "False", "WriteRefused", message),
                                condition("Degraded", "True", "MissingKnobs", message))));
    }

    private static KsmPolicyStatus status(KsmPolicy policy, KsmNode... nodes) {
        return status(policy, fleet(policy, nodes));
    }

    /** Where nobody is just being told something. */
    private static KsmPolicyStatus status(KsmPolicy policy, Fleet fleet) {
        return new PolicyStatus(Given.CLOCK).look(policy, fleet, Set.of()).status();
    }

    private static Fleet fleet(KsmPolicy policy, KsmNode... nodes) {
        return Fleet.of(
                Arrays.stream(nodes)
                        .map(ksmNode -> node(ksmNode.getMetadata().getName()))
                        .toList(),
                List.of(policy),
                List.of(nodes));
    }

    private static List<String> conditions(KsmPolicyStatus status) {
        return status.conditions().stream()
                .map(c -> "%s=%s %s: %s".formatted(c.getType(), c.getStatus(), c.getReason(), c.getMessage()))
                .toList();
    }

    @Test
    void aPolicyWhoseOnlyNodesAreTunedByKubeVirtSaysSo() {
        var fleet = new Fleet(List.of(new NodeFacts("n1", Map.of(), Tuner.KUBEVIRT, true)), List.of(policy), Map.of());

        assertThat(conditions(status(policy, fleet)))
                .contains(
                        "Ready=True NoNodes: nodeSelector matches 1 node: 1 skipped: KubeVirt tunes them (its ksmConfiguration).");
    }

    @Test
    void noMoreThanThreeOtherPoliciesAreNamed() {
        var policies = List.of(policy, forAll("b", 5), forAll("c", 5), forAll("d", 5));
        var more = new ArrayList<>(policies);
        more.add(forAll("e", 5));
        more.add(forAll("f", 5));

        assertThat(conflict(policies)).contains("matching some of the same nodes: b, c, d. The");
        assertThat(conflict(more)).contains("matching some of the same nodes: b, c, d and 2 more. The");
    }

    private String conflict(List<KsmPolicy> policies) {
        return conditions(status(policy, new Fleet(List.of(node("n1")), policies, Map.of())))
                .getLast();
    }

    @Test
    void aConditionOfANodeThatIsFalseDegradesNothing() {
        String hash = Assignment.specFrom(policy).hash();
        var complete = ksmNode(
                "n1",
                Assignment.specFrom(policy),
                report(
                        State.APPLIED,
                        hash,
                        "applied",
                        "2026-03-01T11:55:00Z",
                        List.of(condition("Degraded", "False", "Complete", "nothing is missing"))));

        assertThat(conditions(status(policy, complete))).contains("Degraded=False Complete: No node lacks a setting.");
    }

    @Test
    void agentsThatCannotBeInstalledDoNotStallAPausedPolicy() {
        KsmPolicy paused = policy("a", "{nodeSelector: {}, mode: Stopped, paused: true}");
        var fleet = fleet(paused, ksmNode("n1", null, null)).with(new Agents.Unavailable("AgentNotApplied", "No."));

        assertThat(conditions(status(paused, fleet)))
                .contains(
                        "Ready=False Paused: 0 of 1 node as the policy wants, 1 on the way. Paused: no node is told anything else.",
                        "Stalled=False NoFailures: No node failed.",
                        "Degraded=True AgentNotApplied: No.");
    }

    @Test
    void nodesThatLackedASettingSayNothingOfTheAgentsToAnOperatorThatHasJustStarted() {
        var degraded = ksmNode(
                "n1",
                Assignment.specFrom(policy),
                report(
                        State.APPLIED,
                        Assignment.specFrom(policy).hash(),
                        "applied",
                        "2026-03-01T11:55:00Z",
                        List.of(condition("Degraded", "True", "MissingKnobs", "no smart_scan"))));
        policy.setStatus(status(policy, degraded));

        assertThat(conditions(status(policy, obeying("n1", policy, State.APPLIED))))
                .contains("Degraded=False Complete: No node lacks a setting.");
    }

    @Test
    void aPolicyThatLosesAllItsTiesIsNotOnTheWay() {
        KsmPolicy loser = forAll("b", 5);
        var fleet = new Fleet(List.of(node("n1"), node("n2")), List.of(policy, loser), Map.of());

        var status = status(loser, fleet);

        assertThat(status.nodes()).isEqualTo(new NodeCounts(2, 0, 2, 0, 0, 0, 0, 0));
        assertThat(conditions(status)).contains("Reconciling=False Done: No node is on the way.");
    }
}
