package dev.samepage.policy;

import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.State;
import dev.samepage.policy.Member.Standing;
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
        var lost = new NodeFacts("worker", Map.of(), false, false);

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
    void aSampleTimeThatIsNoTimeSaysNothing() {
        assertThat(standing(sampledAt("yesterday"))).isEqualTo(Standing.APPLIED);
    }

    private KsmNode sampledAt(String time) {
        return ksmNode("worker", Assignment.specFrom(policy), report(State.APPLIED, hash, "", time, List.of()));
    }

    private Standing standing(@Nullable KsmNode ksmNode) {
        return Member.of(node("worker"), Assignment.specFrom(policy), ksmNode, Given.CLOCK)
                .standing();
    }
}
