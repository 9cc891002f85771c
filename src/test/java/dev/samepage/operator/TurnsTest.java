package dev.samepage.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.samepage.policy.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private final Turns turns = new Turns(((InstantSource) () -> now).withZone(ZoneOffset.UTC));
    private final List<String> called = new ArrayList<>();

    TurnsTest() {
        turns.listen(called::add);
    }

    @Test
    void onlyWhoIsNextMayTakeATurn() {
        plan("a", "h1", "n1", "n2");

        assertThat(turns.take("a", "h1", "n1")).isTrue();
        assertThat(turns.take("a", "h1", "n3")).isFalse();
        assertThat(turns.take("a", "h0", "n1")).isFalse();
        assertThat(turns.take("b", "h1", "n1")).isFalse();
    }

    @Test
    void whoIsNextIsCalledOnce() {
        plan("a", "h1", "n1", "n2");
        plan("a", "h1", "n2", "n3");

        assertThat(called).containsExactlyInAnyOrder("n1", "n2", "n3");
    }

    @Test
    void whoIsNextAfterAnEditIsCalledAgain() {
        plan("a", "h1", "n1");
        plan("a", "h2", "n1");

        assertThat(called).containsExactly("n1", "n1");
    }

    @Test
    void whatOnePolicySeesIsNotYetSeenByAnother() {
        plan("a", "h1", "n1");
        turns.take("a", "h1", "n1");

        turns.beingTold("b", (node, hash) -> true);

        assertThat(turns.beingTold("a", (node, hash) -> false)).containsExactly("n1");
    }

    @Test
    void whoHasTakenATurnIsBeingToldUntilThatIsSeen() {
        plan("a", "h1", "n1", "n2");
        turns.take("a", "h1", "n1");
        turns.take("a", "h1", "n2");

        assertThat(turns.beingTold("a", (node, hash) -> node.equals("n1") && hash.equals("h1")))
                .containsExactly("n2");
        assertThat(turns.beingTold("a", (node, hash) -> false)).containsExactly("n2");
    }

    @Test
    void whoHasTakenATurnIsNotRememberedForEver() {
        plan("a", "h1", "n1");
        turns.take("a", "h1", "n1");

        now = now.plus(Duration.ofSeconds(61));

        assertThat(turns.beingTold("a", (node, hash) -> false)).isEmpty();
    }

    @Test
    void aTurnThatCouldNotBeUsedIsGivenBack() {
        plan("a", "h1", "n1");
        turns.take("a", "h1", "n1");

        turns.giveBack("n1");

        assertThat(turns.beingTold("a", (node, hash) -> false)).isEmpty();
        assertThat(turns.take("a", "h1", "n1")).isTrue();
    }

    @Test
    void whoseKsmNodeWasDeletedBeforeItWasSeenIsToldAgain() {
        plan("a", "h1", "n1");
        turns.take("a", "h1", "n1");
        plan("a", "h1");

        turns.gone("n1", "h1");
        plan("a", "h1", "n1");

        assertThat(turns.beingTold("a", (node, hash) -> false)).isEmpty();
        assertThat(called).containsExactly("n1", "n1");
        assertThat(turns.take("a", "h1", "n1")).isTrue();
    }

    /** An older KsmNode goes; the one that tells the node is seen a moment later. */
    @Test
    void whoseKsmNodeWasDeletedBeforeTheTurnCameIsStillBeingTold() {
        plan("a", "h1", "n1");
        turns.take("a", "h1", "n1");

        turns.gone("n1", "h0");

        assertThat(turns.beingTold("a", (node, hash) -> false)).containsExactly("n1");
    }

    /** The look that leads to the second plan began before n1 took its turn, and would give n1's place to n2. */
    @Test
    void aPlaceThatWasTakenDuringALookIsNotGivenToAnother() {
        plan("a", "h1", "n1");
        Set<String> counted = turns.beingTold("a", (node, hash) -> false);
        turns.take("a", "h1", "n1");

        turns.plan("a", new Rollout("h1", 2, 1, 0, 0, Set.of("n2")), counted);

        assertThat(turns.take("a", "h1", "n2")).isFalse();
    }

    @Test
    void whatAnotherPolicyTellsDisturbsNobody() {
        plan("b", "h1", "n1");
        turns.take("b", "h1", "n1");

        plan("a", "h1", "n2");

        assertThat(turns.take("a", "h1", "n2")).isTrue();
        assertThat(turns.beingTold("a", (node, hash) -> false)).containsExactly("n2");
    }

    @Test
    void aPolicyThatIsGoneTellsNobody() {
        plan("a", "h1", "n1");

        turns.retain(Set.of("b"));

        assertThat(turns.take("a", "h1", "n1")).isFalse();
    }

    private void plan(String policy, String hash, String... next) {
        turns.plan(policy, new Rollout(hash, 5, 2, 0, 0, Set.of(next)), Set.of());
    }
}
