package dev.samepage.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.samepage.api.KsmPolicy;
import dev.samepage.policy.Member.Step;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * How far what a policy wants has come on its nodes, and whose turn is next. A function of what is observed: there is no counter
 * that could be left behind by a crash, a vanished node or an edit.
 *
 * <p>A node holds one of {@code concurrent} places from when it is told until its agent says that it is done or refuses, at the
 * longest for as long as its agent is waited for ({@link Patience}). One that does not answer by then, or that cannot be reached any more, has
 * failed: what it was told may be what has felled it. One that is still at work on what it was told before an edit
 * holds a place too, and is told first. After those come nodes in an order that stays the same and is another one for each
 * policy; last, those whose agents are silent already. A node that cannot be reached is told when it can be again.
 *
 * @param hash of what the policy wants
 * @param waiting how many nodes have not been told yet, those aside that cannot be reached
 * @param concurrent how many may be at work at the same time
 * @param failed how many refuse it, or have been lost over it
 * @param tolerated how many may
 * @param next the nodes that may be told now
 */
public record Rollout(String hash, int waiting, int concurrent, int failed, int tolerated, Set<String> next) {

    /** Whether nobody else is told, because too many nodes failed. */
    boolean stopped() {
        return waiting > 0 && failed > tolerated;
    }

    /**
     * Looks at a policy's nodes.
     *
     * @param beingTold nodes that are being told it just now, of which their KsmNodes as observed know nothing yet
     */
    static Rollout of(KsmPolicy policy, Territory territory, Set<String> beingTold) {
        var limits = policy.getSpec().rollout();
        List<Member> members = territory.members();
        List<Member> untold = members.stream()
                .filter(member -> isUntold(member) && !beingTold.contains(member.node()))
                .toList();
        int concurrent = limits.concurrent(members.size());
        int tolerated = limits.failures(members.size());
        int failed = territory.failures().size();
        int atWork = (int) members.stream()
                .filter(member ->
                        member.step() == Step.AT_WORK || (isUntold(member) && beingTold.contains(member.node())))
                .count();
        boolean goesOn = failed <= tolerated && !policy.getSpec().paused();
        return new Rollout(
                Assignment.specFrom(policy).hash(),
                untold.size(),
                concurrent,
                failed,
                tolerated,
                goesOn ? next(untold, concurrent - atWork, uid(policy)) : Set.of());
    }

    private static boolean isUntold(Member member) {
        return switch (member.step()) {
            case BUSY, WAITING, SILENT -> true;
            case TOLD, REFUSES, LOST, AGENTLESS, AT_WORK, OUT_OF_REACH -> false;
        };
    }

    /** Those who are busy come first: they keep a place whether told or not, so that only what is left of the places is for the others. */
    private static Set<String> next(List<Member> untold, int places, String policy) {
        if (places <= 0) {
            // As most of the time on the way: thousands of names need not be hashed to give out nothing.
            return Set.of();
        }
        return untold.stream()
                .map(member -> new Turn(member, place(policy, member.node())))
                .sorted(Comparator.comparing((Turn turn) -> turn.member().step())
                        .thenComparing(Turn::place))
                .limit(places)
                .map(turn -> turn.member().node())
                .collect(toUnmodifiableSet());
    }

    private record Turn(Member member, String place) {}

    private static String uid(KsmPolicy policy) {
        return Objects.requireNonNullElse(
                policy.getMetadata().getUid(), policy.getMetadata().getName());
    }

    /** So that it is not the same nodes which every change of every policy is tried on first. */
    private static String place(String policy, String node) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            // Both are ASCII.
            (policy + "/" + node).chars().forEach(letter -> digest.update((byte) letter));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
