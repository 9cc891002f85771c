package dev.samepage.policy;

import static dev.samepage.policy.Given.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmPolicyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyNoticesTest {
    private static final KsmPolicyStatus PROGRESSING = status(
            condition("Ready", "False", "Progressing", "0 of 2 nodes as the policy wants, 2 on the way."),
            condition("Stalled", "False", "NoFailures", "No node failed."),
            condition("Degraded", "False", "Complete", "No node lacks a setting."));
    private static final KsmPolicyStatus READY = status(
            condition("Ready", "True", "Applied", "2 of 2 nodes as the policy wants."),
            condition("Stalled", "False", "NoFailures", "No node failed."),
            condition("Degraded", "False", "Complete", "No node lacks a setting."));
    private static final KsmPolicyStatus FAILED = status(
            condition("Ready", "False", "NodesFailed", "2 of 2 nodes failed; the first: n1: no KSM"),
            condition("Stalled", "True", "NodesFailed", "Ready names the first."),
            condition("Degraded", "False", "Complete", "No node lacks a setting."));

    @Test
    void aNewPolicyOnTheWayIsNoNews() {
        assertThat(PolicyNotices.between(null, PROGRESSING)).isEmpty();
    }

    @Test
    void becomingReadyIsSaid() {
        assertThat(PolicyNotices.between(PROGRESSING, READY))
                .containsExactly(Notice.normal("Ready", "2 of 2 nodes as the policy wants."));
    }

    @Test
    void beingReadyForAnotherReasonIsNoNews() {
        KsmPolicyStatus paused = status(condition("Ready", "True", "Paused", "Paused."));

        assertThat(PolicyNotices.between(READY, paused)).isEmpty();
    }

    @Test
    void beingReadyNoMoreIsSaidWithTheReason() {
        assertThat(PolicyNotices.between(READY, PROGRESSING))
                .containsExactly(
                        Notice.normal("NotReady", "Progressing: 0 of 2 nodes as the policy wants, 2 on the way."));
    }

    @Test
    void nodesThatFailAreOneWarningWithTheirNumberAndTheFirst() {
        var warning = Notice.warning("Stalled", "NodesFailed: 2 of 2 nodes failed; the first: n1: no KSM");

        assertThat(PolicyNotices.between(READY, FAILED)).containsExactly(warning);
        assertThat(PolicyNotices.between(null, FAILED)).containsExactly(warning);
    }

    @Test
    void moreNodesThatFailAreNoNews() {
        KsmPolicyStatus more = status(
                condition("Ready", "False", "NodesFailed", "5 of 9 nodes failed; the first: n1: no KSM"),
                condition("Stalled", "True", "NodesFailed", "Ready names the first."));

        assertThat(PolicyNotices.between(FAILED, more)).isEmpty();
    }

    @Test
    void anotherReasonToStallIsSaid() {
        KsmPolicyStatus noAgents = status(
                condition("Ready", "False", "AgentNotApplied", "0 of 2 nodes as the policy wants. Forbidden."),
                condition("Stalled", "True", "AgentNotApplied", "Forbidden."));

        assertThat(PolicyNotices.between(FAILED, noAgents))
                .containsExactly(
                        Notice.warning("Stalled", "AgentNotApplied: 0 of 2 nodes as the policy wants. Forbidden."));
    }

    @Test
    void theEndOfAStallIsSaid() {
        assertThat(PolicyNotices.between(FAILED, PROGRESSING))
                .containsExactly(Notice.normal("NotStalled", "No node failed."));
    }

    @Test
    void degradedIsSaidWhenItBeginsAndWhenItEnds() {
        KsmPolicyStatus degraded = status(
                condition("Ready", "True", "Applied", "2 of 2 nodes as the policy wants."),
                condition(
                        "Degraded", "True", "NodesDegraded", "1 of 2 nodes lack a setting; the first: n1: no advisor"));

        assertThat(PolicyNotices.between(READY, degraded))
                .containsExactly(Notice.warning(
                        "Degraded", "NodesDegraded: 1 of 2 nodes lack a setting; the first: n1: no advisor"));
        assertThat(PolicyNotices.between(degraded, READY))
                .containsExactly(Notice.normal("NotDegraded", "No node lacks a setting."));
    }

    @Test
    void aConflictIsSaidInsteadOfNotBeingReady() {
        KsmPolicyStatus conflicted = status(
                condition("Ready", "False", "Conflicted", "2 of 2 nodes as the policy wants. The same priority: b."),
                condition("Stalled", "True", "Conflicted", "The same priority: b."),
                condition("Conflicted", "True", "SamePriority", "The same priority: b."));

        assertThat(PolicyNotices.between(READY, conflicted))
                .containsExactly(Notice.warning("Conflicted", "SamePriority: The same priority: b."));
    }

    @Test
    void beingReadyNoMoreIsSaidBesideTheEndOfATrouble() {
        KsmPolicyStatus degraded = status(
                condition("Ready", "True", "Applied", "2 of 2 nodes as the policy wants."),
                condition("Degraded", "True", "NodesDegraded", "1 of 2 nodes lack a setting."));

        assertThat(PolicyNotices.between(degraded, PROGRESSING))
                .containsExactly(
                        Notice.normal("NotDegraded", "No node lacks a setting."),
                        Notice.normal("NotReady", "Progressing: 0 of 2 nodes as the policy wants, 2 on the way."));
    }

    @Test
    void aTroubleThatIsNotMentionedAnyMoreHasEnded() {
        KsmPolicyStatus degraded = status(condition("Degraded", "True", "NodesDegraded", "1 of 2 nodes lack it."));

        assertThat(PolicyNotices.between(degraded, status())).containsExactly(Notice.normal("NotDegraded", ""));
    }

    @Test
    void ofTwoConditionsOfOneTypeTheFirstCounts() {
        KsmPolicyStatus twice = status(
                condition("Ready", "True", "Applied", "2 of 2 nodes as the policy wants."),
                condition("Ready", "False", "Progressing", "0 of 2 nodes as the policy wants, 2 on the way."));

        assertThat(PolicyNotices.between(PROGRESSING, twice))
                .containsExactly(Notice.normal("Ready", "2 of 2 nodes as the policy wants."));
    }

    @Test
    void figuresAreNoNews() {
        assertThat(PolicyNotices.between(READY, READY)).isEmpty();
    }

    private static KsmPolicyStatus status(Condition... conditions) {
        return new KsmPolicyStatus(3L, null, null, null, null, Map.of(), List.of(), List.of(conditions));
    }
}
