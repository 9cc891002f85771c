package dev.samepage.policy;

import static dev.samepage.policy.Given.condition;
import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.KsmPolicyStatus.Example;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import dev.samepage.policy.Member.Standing;
import dev.samepage.policy.Member.Step;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemberTest {
    private final KsmPolicy policy = forAll("a", 0);
    private final String hash = Assignment.specFrom(policy).hash();

    @Test
    void aNodeThatAppliedWhatIsWantedIsApplied() {
        assertThat(standing(obeying("worker", policy, State.APPLIED))).isEqualTo(Standing.APPLIED);
    }

    @Test
    void observingIsEnoughOnlyWhereThatIsWanted() {
        KsmPolicy observe = policy("a", "{nodeSelector: {}, mode: Observe}");
        KsmNode observing = obeying("worker", observe, State.OBSERVING);

        assertThat(Member.of(node("worker"), Assignment.specFrom(observe), observing, Given.CLOCK)
                        .standing())
                .isEqualTo(Standing.APPLIED);
        assertThat(standing(obeying("worker", policy, State.OBSERVING))).isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeThatRefusedIsFailed() {
        assertThat(standing(obeying("worker", policy, State.FAILED))).isEqualTo(Standing.FAILED);
        assertThat(standing(obeying("worker", policy, State.CONTENDED))).isEqualTo(Standing.FAILED);
    }

    @Test
    void aNodeThatWasToldNothingYetIsOnTheWay() {
        assertThat(standing(null)).isEqualTo(Standing.PROGRESSING);
        assertThat(standing(ksmNode("worker", null, null))).isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeThatWasNotYetToldOfTheLastEditIsOnTheWay() {
        KsmPolicy before = policy("a", "{nodeSelector: {}, mode: Stopped}");

        assertThat(standing(obeying("worker", before, State.APPLIED))).isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aFailureToApplyWhatWasWantedBeforeIsNotOne() {
        assertThat(standing(ksmNode("worker", Assignment.specFrom(policy), report(State.FAILED, "0123456789ab"))))
                .isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeThatStillFollowsAnotherPolicyIsOnTheWay() {
        assertThat(standing(obeying("worker", forAll("b", 0), State.APPLIED))).isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeThatHasNotReportedYetIsOnTheWay() {
        assertThat(standing(ksmNode("worker", Assignment.specFrom(policy), null)))
                .isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeOfUnknownReadinessIsUnreachable() {
        var lost = new NodeFacts("worker", Map.of(), Tuner.SAMEPAGE, false);

        assertThat(Member.of(lost, Assignment.specFrom(policy), obeying("worker", policy, State.APPLIED), Given.CLOCK)
                        .standing())
                .isEqualTo(Standing.UNREACHABLE);
    }

    @Test
    void anAgentThatIsSilentForMoreThan45MinutesIsUnreachable() {
        assertThat(standing(sampledAt("2026-03-01T11:15:00Z"))).isEqualTo(Standing.APPLIED);
        assertThat(standing(sampledAt("2026-03-01T11:14:59Z"))).isEqualTo(Standing.UNREACHABLE);
    }

    @Test
    void aNodeWhoseClockIsWrongIsNotSilent() {
        KsmNode behind = sampledAt("2026-03-01T10:00:00Z");
        KsmNode ahead = sampledAt("2026-03-01T14:00:00Z");
        behind.getMetadata().setManagedFields(List.of(written("status", "2026-03-01T11:58:00Z")));
        ahead.getMetadata()
                .setManagedFields(
                        List.of(written(null, "2026-03-01T11:59:00Z"), written("status", "2026-03-01T11:14:59Z")));

        assertThat(standing(behind)).isEqualTo(Standing.APPLIED);
        assertThat(standing(ahead)).isEqualTo(Standing.UNREACHABLE);
    }

    private static ManagedFieldsEntry written(@Nullable String subresource, String time) {
        return new ManagedFieldsEntryBuilder()
                .withSubresource(subresource)
                .withTime(time)
                .build();
    }

    @Test
    void anAgentThatIsAtWorkAndSilentForMoreThan25MinutesHoldsNoPlace() {
        assertThat(Member.of(
                                node("worker"),
                                Assignment.specFrom(policy),
                                atWorkSince("2026-03-01T11:35:00Z"),
                                Given.CLOCK)
                        .step())
                .isEqualTo(Member.Step.AT_WORK);
        assertThat(Member.of(
                                node("worker"),
                                Assignment.specFrom(policy),
                                atWorkSince("2026-03-01T11:34:59Z"),
                                Given.CLOCK)
                        .step())
                .isEqualTo(Member.Step.LOST);
    }

    @Test
    void timesOfAnAgentThatNoClockShowsSayNothing() {
        assertThat(stepOfOneADayAhead("-1000000000-01-01T00:00:00Z")).isEqualTo(Step.LOST);
        assertThat(stepOfOneADayAhead("+1000000000-12-31T23:59:59Z")).isEqualTo(Step.LOST);
    }

    @Test
    void anAgentWhoseClockWasSetBackMeanwhileHasJustBegun() {
        assertThat(stepOfOneADayAhead("2026-03-09T11:59:00Z")).isEqualTo(Step.AT_WORK);
    }

    @Test
    void aNodeWhoseClockIsADayAheadHoldsItsPlaceForAnHourToo() {
        assertThat(stepOfOneADayAhead("2026-03-02T11:00:00Z")).isEqualTo(Step.AT_WORK);
        assertThat(stepOfOneADayAhead("2026-03-02T10:59:59Z")).isEqualTo(Step.LOST);
    }

    /** It was told at 8, and heard a minute ago, at 11:59:00, when its own clock showed a day more. */
    private Step stepOfOneADayAhead(String atWorkSince) {
        Condition reconciling = condition("Reconciling", "True", "Applying", "");
        reconciling.setLastTransitionTime(atWorkSince);
        Condition other = condition("Ready", "False", "Applying", "");
        other.setLastTransitionTime("2026-03-01T00:00:00Z");
        KsmNode ahead = ksmNode(
                "worker",
                Assignment.specFrom(policy),
                report(State.APPLYING, hash, "", "2026-03-02T11:59:00Z", List.of(other, reconciling)));
        ahead.getMetadata()
                .setManagedFields(
                        List.of(written(null, "2026-03-01T08:00:00Z"), written("status", "2026-03-01T11:59:00Z")));
        return Member.of(node("worker"), Assignment.specFrom(policy), ahead, Given.CLOCK)
                .step();
    }

    private KsmNode atWorkSince(String time) {
        return ksmNode("worker", Assignment.specFrom(policy), report(State.APPLYING, hash, "", time, List.of()));
    }

    @Test
    void aSampleTimeThatIsNoTimeSaysNothing() {
        assertThat(standing(sampledAt("yesterday"))).isEqualTo(Standing.APPLIED);
    }

    private KsmNode sampledAt(@Nullable String time) {
        return ksmNode("worker", Assignment.specFrom(policy), report(State.APPLIED, hash, "", time, List.of()));
    }

    private Standing standing(@Nullable KsmNode ksmNode) {
        return Member.of(node("worker"), Assignment.specFrom(policy), ksmNode, Given.CLOCK)
                .standing();
    }

    @Test
    void aReportWithoutASampleTimeSaysNothingOfSilence() {
        assertThat(standing(sampledAt(null))).isEqualTo(Standing.APPLIED);
    }

    @Test
    void aNodeThatIsToldAndReportsTheSettingsOfAnotherHashIsOnTheWay() {
        KsmNodeSpec told = Assignment.specFrom(policy("a", "{nodeSelector: {}, mode: Stopped}"));

        assertThat(standing(ksmNode("worker", told, report(State.APPLIED, hash))))
                .isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void aNodeThatIsReleasedIsOnTheWay() {
        KsmNodeSpec released = new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, hash);

        assertThat(standing(ksmNode("worker", released, report(State.APPLIED, hash))))
                .isEqualTo(Standing.PROGRESSING);
    }

    @Test
    void isAnExampleWithTheReasonOfItsReadyCondition() {
        assertThat(failed("no KSM", condition("Ready", "False", "NoKsm", "")).asExample())
                .isEqualTo(new Example("worker", "NoKsm", "no KSM"));
    }

    @Test
    void isAnExampleWithoutAReasonToo() {
        var expected = new Example("worker", "Failed", "no reason was given");

        assertThat(failed(null).asExample()).isEqualTo(expected);
        assertThat(failed(null, condition("Ready", "False", null, "")).asExample())
                .isEqualTo(expected);
        assertThat(new Member("worker", Standing.FAILED, Step.TOLD, null).asExample())
                .isEqualTo(expected);
    }

    @Test
    void hasNeverReportedWhereThereIsNoStatus() {
        assertThat(new Member("worker", Standing.PROGRESSING, Step.WAITING, null).hasNeverReported())
                .isTrue();
        assertThat(failed("no KSM").hasNeverReported()).isFalse();
    }

    @Test
    void aConditionHoldsWhereItIsTrue() {
        Member member = failed("", condition("Degraded", "True", "A", ""), condition("Contended", "False", "B", ""));

        assertThat(member.trueCondition("Degraded")).map(Condition::getReason).contains("A");
        assertThat(member.trueCondition("Contended")).isEmpty();
        assertThat(member.trueCondition("Ready")).isEmpty();
        assertThat(new Member("worker", Standing.PROGRESSING, Step.WAITING, null).trueCondition("Degraded"))
                .isEmpty();
    }

    private Member failed(@Nullable String message, Condition... conditions) {
        return new Member(
                "worker",
                Standing.FAILED,
                Step.TOLD,
                report(State.FAILED, hash, message, "2026-03-01T11:55:00Z", List.of(conditions)));
    }
}
