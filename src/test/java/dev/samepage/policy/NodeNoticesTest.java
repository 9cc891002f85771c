package dev.samepage.policy;

import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeStatus;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeNoticesTest {
    @Test
    void aNodeThatIsSkippedIsSaidToBe() {
        KsmPolicy policy = Given.forAll("a", 0);
        var mine = Given.node("worker");
        var kubeVirts = new NodeFacts("worker", Map.of(), Tuner.KUBEVIRT, true);

        assertThat(NodeNotices.ofSkipping(mine, kubeVirts, List.of(policy)))
                .contains(Notice.normal(
                        "KsmSkipped", "KsmPolicy a: this node is skipped: KubeVirt tunes it (its ksmConfiguration)."));
        assertThat(NodeNotices.ofSkipping(kubeVirts, kubeVirts, List.of(policy)))
                .isEmpty();
        assertThat(NodeNotices.ofSkipping(mine, kubeVirts, List.of())).isEmpty();
    }

    private final KsmPolicy policy = forAll("a", 5);
    private final KsmNodeSpec told = Assignment.specFrom(policy);
    private final KsmNode applied = obeying("n1", policy, State.APPLIED);

    @Test
    void whatIsAppliedForTheFirstTimeIsSaidWithItsPolicy() {
        assertThat(NodeNotices.between(ksmNode("n1", told, null), applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
        assertThat(NodeNotices.between(obeying("n1", policy, State.APPLYING), applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
    }

    @Test
    void anotherSampleIsNoNews() {
        assertThat(NodeNotices.between(applied, applied)).isEmpty();
    }

    @Test
    void aPolicyThatIsEditedIsSaidOnceTheNodeHasIt() {
        KsmNode toldSomethingElse = ksmNode("n1", told, report(State.APPLIED, "another"));

        assertThat(NodeNotices.between(applied, toldSomethingElse)).isEmpty();
        assertThat(NodeNotices.between(toldSomethingElse, applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
    }

    @Test
    void observingIsSaidToo() {
        KsmPolicy observe = policy("a", "{nodeSelector: {}, mode: Observe}");

        assertThat(NodeNotices.between(
                        ksmNode("n1", Assignment.specFrom(observe), null), obeying("n1", observe, State.OBSERVING)))
                .contains(Notice.normal("KsmObserving", "KsmPolicy a: all is well"));
    }

    @Test
    void aFailureIsAWarningWhenItBegins() {
        KsmNode failed = obeying("n1", policy, State.FAILED);

        assertThat(NodeNotices.between(applied, failed))
                .contains(Notice.warning("KsmFailed", "KsmPolicy a: all is well"));
        assertThat(NodeNotices.between(failed, failed)).isEmpty();
        assertThat(NodeNotices.between(failed, applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
    }

    @Test
    void somebodyElseWhoKeepsChangingTheSettingsIsAWarningAndItsEndIsSaid() {
        KsmNode contended = obeying("n1", policy, State.CONTENDED);

        assertThat(NodeNotices.between(applied, contended))
                .contains(Notice.warning("KsmContended", "KsmPolicy a: all is well"));
        assertThat(NodeNotices.between(contended, contended)).isEmpty();
        assertThat(NodeNotices.between(contended, applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
    }

    @Test
    void aNodeThatIsReleasedIsSaidToBeRestored() {
        var released = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, "released");
        KsmNode restored = ksmNode("n1", released, report(State.RESTORED, "released"));

        assertThat(NodeNotices.between(ksmNode("n1", released, report(State.APPLIED, told.hash())), restored))
                .contains(Notice.normal("KsmRestored", "all is well"));
        assertThat(NodeNotices.between(restored, restored)).isEmpty();
    }

    @Test
    void onTheWayAndUnknownStatesAreNoNews() {
        assertThat(NodeNotices.between(applied, obeying("n1", policy, State.APPLYING)))
                .isEmpty();
        assertThat(NodeNotices.between(applied, ksmNode("n1", told, null))).isEmpty();
    }

    @Test
    void aFailureOfANodeThatFollowsNoPolicySaysSo() {
        KsmNode failed = ksmNode("n1", null, silent(State.FAILED));

        assertThat(NodeNotices.between(applied, failed))
                .contains(Notice.warning("KsmFailed", "KsmPolicy none: no reason was given"));

        var released = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, told.hash());
        assertThat(NodeNotices.between(applied, ksmNode("n1", released, silent(State.FAILED))))
                .contains(Notice.warning("KsmFailed", "KsmPolicy none: no reason was given"));
    }

    @Test
    void whatIsAppliedIsNoNewsWhereTheNodeWasToldOfNoPolicy() {
        var released = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, told.hash());

        assertThat(NodeNotices.between(
                        ksmNode("n1", released, null), ksmNode("n1", released, report(State.APPLIED, told.hash()))))
                .isEmpty();
        assertThat(NodeNotices.between(
                        ksmNode("n1", null, null), ksmNode("n1", null, report(State.APPLIED, told.hash()))))
                .isEmpty();
    }

    @Test
    void theSameSettingsAgainAfterANodeWasReleasedAreSaid() {
        var released = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, told.hash());

        assertThat(NodeNotices.between(ksmNode("n1", released, report(State.APPLIED, told.hash())), applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
        assertThat(NodeNotices.between(ksmNode("n1", null, null), applied))
                .contains(Notice.normal("KsmApplied", "KsmPolicy a: all is well"));
    }

    @Test
    void fromObservingToAppliedUnderTheSameHashIsNoNews() {
        assertThat(NodeNotices.between(obeying("n1", policy, State.OBSERVING), applied))
                .isEmpty();
    }

    @Test
    void aRestoreWithoutAReasonSaysSo() {
        assertThat(NodeNotices.between(applied, ksmNode("n1", null, silent(State.RESTORED))))
                .contains(Notice.normal("KsmRestored", "no reason was given"));
    }

    private static KsmNodeStatus silent(State state) {
        return report(state, "0123456789ab", null, "2026-03-01T11:55:00Z", List.of());
    }
}
