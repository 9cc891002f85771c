package dev.samepage.policy;

import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.ksmNode;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.obeying;
import static dev.samepage.policy.Given.policy;
import static dev.samepage.policy.Given.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.Activation;
import dev.samepage.api.Adaptive;
import dev.samepage.api.Fixed;
import dev.samepage.api.KsmNode;
import dev.samepage.api.KsmNodeSpec;
import dev.samepage.api.KsmNodeSpec.PolicyReference;
import dev.samepage.api.KsmPolicy;
import dev.samepage.api.Mode;
import dev.samepage.api.OnRemoval;
import dev.samepage.api.Settings;
import dev.samepage.api.State;
import dev.samepage.api.Unmerge;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    // printf %s
    // '{"covered":true,"onRemoval":"Restore","settings":{"fixed":{"pagesToScan":1000,"sleepMillis":20},"mode":"Fixed"},
    // "unmerge":{"allowed":false,"reservePercent":10}}' | sha256sum, as one line and without this break
    private static final String FIXED_1000 = "d40121dddfea";

    // printf %s '{"covered":false,"onRemoval":"Restore","unmerge":{"allowed":false,"reservePercent":10}}' | sha256sum
    private static final String RELEASE = "f1af85ce41d1";
    private static final KsmNodeSpec RELEASED =
            new KsmNodeSpec(null, null, Unmerge.refused(), OnRemoval.RESTORE, RELEASE);

    @Test
    void theWinnerIsWhatTheNodeIsTold() {
        KsmPolicy winner = forAll("a", 0);

        assertThat(assigned(node("worker"), List.of(winner), null))
                .isEqualTo(new Assignment.InTurn(
                        new KsmNodeSpec(
                                new PolicyReference("a", 3L),
                                new Settings(Mode.FIXED, new Fixed(1000, 20), null, null, null),
                                new Unmerge(false, 10),
                                OnRemoval.RESTORE,
                                FIXED_1000),
                        winner));
    }

    @Test
    void aNodeThatActsOnTheSameAlreadyNeedsNoTurnToFollowAnotherPolicy() {
        KsmPolicy winner = forAll("b", 0);

        assertThat(assigned(node("worker"), List.of(winner), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.Spec(Assignment.specFrom(winner)));
    }

    @Test
    void aNodeThatIsBeingReleasedNeedsATurnToBeCoveredAgain() {
        KsmPolicy winner = forAll("a", 0);

        assertThat(assigned(node("worker"), List.of(winner), ksmNode("worker", RELEASED, null)))
                .isEqualTo(new Assignment.InTurn(Assignment.specFrom(winner), winner));
    }

    @Test
    void theNodeIsToldTheBoundsOfAdaptive() {
        KsmPolicy policy = policy("a", "{nodeSelector: {}, mode: Adaptive, adaptive: {maxCpuPercent: 50}}");

        assertThat(Assignment.specFrom(policy).settings())
                .isEqualTo(new Settings(
                        Mode.ADAPTIVE, null, null, new Adaptive(50, "64Mi", 1800, Activation.ALWAYS, null), null));
    }

    @Test
    void theHashChangesWithTheBoundsOfAdaptive() {
        assertThat(hash("{nodeSelector: {}, mode: Adaptive, adaptive: {maxCpuPercent: 50}}"))
                .isNotEqualTo(hash("{nodeSelector: {}, mode: Adaptive, adaptive: {maxCpuPercent: 51}}"));
    }

    @Test
    void theHashSaysNothingOfWhosePolicyItIs() {
        KsmPolicy other = forAll("z", 99);
        other.getMetadata().setGeneration(17L);

        assertThat(Assignment.specFrom(other).hash()).isEqualTo(FIXED_1000);
    }

    @Test
    void theHashChangesWithTheSettings() {
        assertThat(hash("{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1001}}"))
                .isNotEqualTo(FIXED_1000);
    }

    @Test
    void theHashChangesWithUnmerge() {
        assertThat(hash("{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, unmerge: {allowed: true}}"))
                .isNotEqualTo(FIXED_1000);
    }

    @Test
    void theHashChangesWithWhatIsToHappenOnRemoval() {
        assertThat(hash("{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, onRemoval: Keep}"))
                .isNotEqualTo(FIXED_1000);
    }

    @Test
    void aPausedWinnerChangesNothing() {
        KsmPolicy paused = policy("a", "{nodeSelector: {}, mode: Stopped, paused: true}");

        assertThat(assigned(node("worker"), List.of(paused), null)).isEqualTo(new Assignment.AsItIs());
        assertThat(assigned(node("worker"), List.of(paused), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void aNodeThatNoPolicyCoversAndThatWasNeverToldAnythingIsLeftAlone() {
        assertThat(assigned(node("worker"), List.of(), null)).isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void aNodeThatNoPolicyCoversAnyMoreIsReleased() {
        KsmNode applied = obeying("worker", forAll("a", 0), State.APPLIED);

        assertThat(assigned(node("worker"), List.of(), applied)).isEqualTo(new Assignment.Spec(RELEASED));
    }

    @Test
    void theReleaseKeepsWhatTheLastPolicySaidAboutIt() {
        KsmPolicy last = policy(
                "a",
                "{nodeSelector: {}, mode: Stopped, onRemoval: RestoreAndUnmerge, unmerge: {allowed: true, reservePercent: 25}}");

        assertThat(assigned(node("worker"), List.of(), obeying("worker", last, State.APPLIED)))
                .isInstanceOfSatisfying(Assignment.Spec.class, release -> {
                    assertThat(release.spec().policy()).isNull();
                    assertThat(release.spec().settings()).isNull();
                    assertThat(release.spec().onRemoval()).isEqualTo(OnRemoval.RESTORE_AND_UNMERGE);
                    assertThat(release.spec().unmerge()).isEqualTo(new Unmerge(true, 25));
                    assertThat(release.spec().hash()).hasSize(12).isNotEqualTo(RELEASE);
                });
    }

    @Test
    void aNodeThatKubeVirtTunesIsReleased() {
        var tuned = new NodeFacts("worker", Map.of(), Tuner.KUBEVIRT, true);
        KsmPolicy policy = forAll("a", 0);

        assertThat(assigned(tuned, List.of(policy), obeying("worker", policy, State.APPLIED)))
                .isEqualTo(new Assignment.Spec(RELEASED));
        assertThat(assigned(tuned, List.of(policy), null)).isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void aPausedPolicyHoldsTheNodesThatItWasGiven() {
        KsmPolicy before = forAll("a", 0);
        KsmPolicy pausedAndNarrowed =
                policy("a", "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped, paused: true}");

        assertThat(assigned(node("worker"), List.of(pausedAndNarrowed), obeying("worker", before, State.APPLIED)))
                .isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void aPausedPolicyHoldsNoNodeOfAnother() {
        KsmPolicy paused = policy("b", "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped, paused: true}");

        assertThat(assigned(node("worker"), List.of(paused), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.Spec(RELEASED));
    }

    @Test
    void aPolicyThatGoesOnElsewhereReleasesANodeThatItMatchesNoMore() {
        KsmPolicy narrowed = policy("a", "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped}");

        assertThat(assigned(node("worker"), List.of(narrowed), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.Spec(RELEASED));
    }

    @Test
    void aPolicyThatIsNotUnderstoodHoldsTheNodesThatItWasGiven() {
        KsmPolicy before = forAll("a", 0);
        KsmPolicy fromTheFuture = policy("a", "{nodeSelector: {}, mode: Clairvoyant}");

        assertThat(assigned(node("worker"), List.of(fromTheFuture), obeying("worker", before, State.APPLIED)))
                .isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void anotherPolicyTakesOverFromOneThatIsNotUnderstood() {
        KsmPolicy fromTheFuture = policy("a", "{nodeSelector: {}, priority: 9, mode: Clairvoyant}");
        KsmPolicy known = forAll("b", 0);

        assertThat(assigned(
                        node("worker"),
                        List.of(fromTheFuture, known),
                        obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.Spec(Assignment.specFrom(known)));
    }

    @Test
    void aPausedPolicyThatIsDeletedHoldsNothing() {
        KsmPolicy leaving = policy("a", "{nodeSelector: {}, mode: Stopped, paused: true}");
        leaving.getMetadata().setDeletionTimestamp("2026-03-01T11:59:00Z");

        assertThat(assigned(node("worker"), List.of(leaving), obeying("worker", leaving, State.APPLIED)))
                .isInstanceOf(Assignment.Spec.class);
    }

    @Test
    void aReleasedNodeNeedsItsKsmNodeNoMore() {
        KsmNode released = ksmNode("worker", RELEASED, report(State.RESTORED, RELEASE));

        assertThat(assigned(node("worker"), List.of(), released)).isEqualTo(new Assignment.Deleted());
    }

    @Test
    void aNodeIsNotReleasedBeforeItSaysSoOfThisRelease() {
        var earlier = ksmNode("worker", RELEASED, report(State.RESTORED, "0123456789ab"));
        var stillApplied = ksmNode("worker", RELEASED, report(State.APPLIED, RELEASE));
        var failed = ksmNode("worker", RELEASED, report(State.FAILED, RELEASE));

        assertThat(List.of(earlier, stillApplied, failed)).noneMatch(Assignment::isReleased);
    }

    @Test
    void aNodeIsNotReleasedByAReportOfAnEarlierGeneration() {
        KsmNode toldSomethingSince = ksmNode("worker", RELEASED, report(State.RESTORED, RELEASE));
        toldSomethingSince.getMetadata().setGeneration(3L);

        assertThat(Assignment.isReleased(toldSomethingSince)).isFalse();
    }

    @Test
    void aNodeThatNoAgentEverReportedOnHasNothingToBeReleasedFrom() {
        assertThat(Assignment.isReleased(ksmNode("worker", RELEASED, null))).isTrue();
        assertThat(Assignment.isReleased(ksmNode("worker", null, null))).isTrue();
    }

    @Test
    void aCoveredNodeIsNotReleasedWhateverItReports() {
        KsmNodeSpec covered = Assignment.specFrom(forAll("a", 0));

        assertThat(Assignment.isReleased(ksmNode("worker", covered, null))).isFalse();
        assertThat(Assignment.isReleased(ksmNode("worker", covered, report(State.RESTORED, covered.hash()))))
                .isFalse();
    }

    @Test
    void aReportWithoutASpecIsAnsweredWithARelease() {
        KsmNode stray = ksmNode("worker", null, report(State.APPLIED, FIXED_1000));

        assertThat(assigned(node("worker"), List.of(), stray)).isEqualTo(new Assignment.Spec(RELEASED));
    }

    @Test
    void aNodeWhoseKsmNodeHasVanishedIsToldTheSameAgainWithoutATurn() {
        KsmNodeSpec before = Assignment.specFrom(policy("a", "{nodeSelector: {}, mode: Stopped}"));

        assertThat(Assignment.of(node("worker"), List.of(forAll("a", 0)), null, before))
                .isEqualTo(new Assignment.Spec(before));
    }

    @Test
    void pausedToo() {
        KsmPolicy paused = policy("a", "{nodeSelector: {}, mode: Stopped, paused: true}");
        KsmPolicy pausedAndNarrowed =
                policy("a", "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped, paused: true}");
        KsmNodeSpec before = Assignment.specFrom(forAll("a", 0));

        assertThat(Assignment.of(node("worker"), List.of(paused), null, before)).isEqualTo(new Assignment.Spec(before));
        assertThat(Assignment.of(node("worker"), List.of(pausedAndNarrowed), null, before))
                .isEqualTo(new Assignment.Spec(before));
    }

    @Test
    void whatHasVanishedIsNotMissedWhereTheNodeIsNobodysOrCannotBeReached() {
        KsmNodeSpec before = Assignment.specFrom(forAll("a", 0));
        var lost = new NodeFacts("worker", Map.of(), Tuner.SAMEPAGE, false);

        assertThat(Assignment.of(node("worker"), List.of(), null, before)).isEqualTo(new Assignment.AsItIs());
        assertThat(Assignment.of(lost, List.of(forAll("a", 0)), null, before)).isInstanceOf(Assignment.InTurn.class);
    }

    @Test
    void anEditOfWhatIsToHappenOnRemovalNeedsNoTurn() {
        KsmPolicy kept = policy("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, onRemoval: Keep}");

        assertThat(assigned(node("worker"), List.of(kept), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.Spec(Assignment.specFrom(kept)));
    }

    @Test
    void aNodeThatCannotBeReachedStaysAsItIsWhereAnEditChangesNoSetting() {
        var lost = new NodeFacts("worker", Map.of(), Tuner.SAMEPAGE, false);
        KsmPolicy kept = policy("a", "{nodeSelector: {}, mode: Fixed, fixed: {pagesToScan: 1000}, onRemoval: Keep}");

        assertThat(assigned(lost, List.of(kept), obeying("worker", forAll("a", 0), State.APPLIED)))
                .isEqualTo(new Assignment.AsItIs());
    }

    @Test
    void leaveToUnmergeThatIsTakenBackIsToldToANodeThatCannotBeReachedToo() {
        var lost = new NodeFacts("worker", Map.of(), Tuner.SAMEPAGE, false);
        KsmPolicy allowed = unmerging("{allowed: true, reservePercent: 10}");
        KsmPolicy forbidden = unmerging("{allowed: false, reservePercent: 10}");

        assertThat(assigned(lost, List.of(forbidden), obeying("worker", allowed, State.APPLIED)))
                .isEqualTo(new Assignment.Spec(Assignment.specFrom(forbidden)));
    }

    @Test
    void toForbidUnmergingNeedsNoTurnAndToAllowItDoes() {
        KsmPolicy allowed = unmerging("{allowed: true, reservePercent: 10}");
        KsmPolicy careful = unmerging("{allowed: true, reservePercent: 20}");
        KsmPolicy forbidden = unmerging("{allowed: false, reservePercent: 5}");

        assertThat(assigned(node("worker"), List.of(forbidden), obeying("worker", careful, State.APPLIED)))
                .isInstanceOf(Assignment.Spec.class);
        assertThat(assigned(node("worker"), List.of(careful), obeying("worker", allowed, State.APPLIED)))
                .isInstanceOf(Assignment.Spec.class);
        assertThat(assigned(node("worker"), List.of(allowed), obeying("worker", careful, State.APPLIED)))
                .isInstanceOf(Assignment.InTurn.class);
        assertThat(assigned(node("worker"), List.of(allowed), obeying("worker", forbidden, State.APPLIED)))
                .isInstanceOf(Assignment.InTurn.class);
    }

    private static KsmPolicy unmerging(String unmerge) {
        return policy("a", "{nodeSelector: {}, mode: Stopped, unmerge: %s}".formatted(unmerge));
    }

    /** Where no KsmNode has vanished. */
    private static Assignment assigned(NodeFacts node, List<KsmPolicy> policies, @Nullable KsmNode current) {
        return Assignment.of(node, policies, current, null);
    }

    private static String hash(String spec) {
        return Assignment.specFrom(policy("a", spec)).hash();
    }
}
