package dev.samepage.policy;

import static dev.samepage.policy.Given.forAll;
import static dev.samepage.policy.Given.node;
import static dev.samepage.policy.Given.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.api.KsmPolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ElectionTest {

    @Test
    void theHighestPriorityWins() {
        KsmPolicy low = forAll("a", 1);
        KsmPolicy high = forAll("b", 2);

        assertThat(Election.of(node("worker"), List.of(low, high))).isEqualTo(new Outcome.Won(high, List.of(low)));
    }

    @Test
    void anyPriorityIsHigherThanANegativeOne() {
        KsmPolicy negative = forAll("a", -5);
        KsmPolicy zero = forAll("b", 0);

        assertThat(Election.of(node("worker"), List.of(negative, zero)))
                .isEqualTo(new Outcome.Won(zero, List.of(negative)));
    }

    @Test
    void onATieTheLowerNameWinsWhateverTheOrder() {
        KsmPolicy a = forAll("a", 7);
        KsmPolicy b = forAll("b", 7);

        assertThat(Election.of(node("worker"), List.of(b, a))).isEqualTo(new Outcome.Won(a, List.of(b)));
        assertThat(Election.of(node("worker"), List.of(a, b))).isEqualTo(new Outcome.Won(a, List.of(b)));
    }

    @Test
    void tiedAreThoseOfTheWinnersPriority() {
        KsmPolicy a = forAll("a", 7);
        KsmPolicy b = forAll("b", 7);
        KsmPolicy c = forAll("c", 6);

        assertThat(new Outcome.Won(a, List.of(b, c)).tied()).containsExactly(a, b);
    }

    @Test
    void aPolicyWhoseSelectorDoesNotMatchTakesNoPart() {
        KsmPolicy elsewhere = policy("a", "{nodeSelector: {matchLabels: {zone: north}}, priority: 9, mode: Stopped}");
        KsmPolicy here = policy("b", "{nodeSelector: {matchLabels: {zone: south}}, mode: Stopped}");
        var node = new NodeFacts("worker", Map.of("zone", "south"), Tuner.SAMEPAGE, true);

        assertThat(Election.of(node, List.of(elsewhere, here))).isEqualTo(new Outcome.Won(here, List.of()));
    }

    @Test
    void withoutAMatchTheNodeIsUncovered() {
        KsmPolicy elsewhere = policy("a", "{nodeSelector: {matchLabels: {zone: north}}, mode: Stopped}");

        assertThat(Election.of(node("worker"), List.of(elsewhere))).isEqualTo(new Outcome.Uncovered());
        assertThat(Election.of(node("worker"), List.of())).isEqualTo(new Outcome.Uncovered());
    }

    @Test
    void aPolicyOfAnUnknownModeTakesNoPart() {
        KsmPolicy fromTheFuture = policy("a", "{nodeSelector: {}, priority: 9, mode: Clairvoyant}");
        KsmPolicy known = forAll("b", 0);

        assertThat(Election.of(node("worker"), List.of(fromTheFuture, known)))
                .isEqualTo(new Outcome.Won(known, List.of()));
    }

    @Test
    void aPolicyWithAnUnknownOperatorTakesNoPart() {
        KsmPolicy fromTheFuture = policy(
                "a",
                "{nodeSelector: {matchExpressions: [{key: cores, operator: Gt, values: ['8']}]}, priority: 9, mode: Stopped}");
        KsmPolicy known = forAll("b", 0);

        assertThat(Election.of(node("worker"), List.of(fromTheFuture, known)))
                .isEqualTo(new Outcome.Won(known, List.of()));
    }

    @Test
    void onlyAPolicyWhoseOperatorsAreAllKnownIsUnderstood() {
        String known = "{key: zone, operator: In, values: [north]}";
        String unknown = "{key: cores, operator: Gt, values: ['8']}";

        assertThat(Election.isUnderstood(selecting(known))).isTrue();
        assertThat(Election.isUnderstood(selecting(known + ", " + unknown))).isFalse();
    }

    private static KsmPolicy selecting(String expressions) {
        return policy("a", "{nodeSelector: {matchExpressions: [%s]}, mode: Stopped}".formatted(expressions));
    }

    @Test
    void aPolicyWithoutASpecTakesNoPart() {
        KsmPolicy empty = policy("a", "null");

        assertThat(Election.of(node("worker"), List.of(empty))).isEqualTo(new Outcome.Uncovered());
    }

    @Test
    void aPolicyThatIsBeingDeletedTakesNoPart() {
        KsmPolicy leaving = forAll("a", 9);
        leaving.getMetadata().setDeletionTimestamp("2026-03-01T11:59:00Z");

        assertThat(Election.of(node("worker"), List.of(leaving))).isEqualTo(new Outcome.Uncovered());
    }

    @Test
    void aNodeThatKubeVirtTunesIsSkipped() {
        KsmPolicy a = forAll("a", 0);
        var node = new NodeFacts("worker", Map.of(), Tuner.KUBEVIRT, true);

        assertThat(Election.of(node, List.of(a))).isEqualTo(new Outcome.Skipped(a, List.of()));
    }

    @Test
    void aNodeWhoseKernelIsNoLinuxIsUncovered() {
        var windows = new NodeFacts("worker", Map.of("kubernetes.io/os", "windows"), Tuner.SAMEPAGE, true);
        var linux = new NodeFacts("worker", Map.of("kubernetes.io/os", "linux"), Tuner.SAMEPAGE, true);
        KsmPolicy a = forAll("a", 0);

        assertThat(Election.of(windows, List.of(a))).isEqualTo(new Outcome.Uncovered());
        assertThat(Election.of(linux, List.of(a))).isEqualTo(new Outcome.Won(a, List.of()));
    }
}
