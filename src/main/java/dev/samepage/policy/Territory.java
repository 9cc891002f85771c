package dev.samepage.policy;

import dev.samepage.api.KsmPolicy;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The nodes that a policy matches, and what became of them.
 *
 * @param members the nodes that it has won and acts on, by name
 * @param left how many it has won and leaves alone, by who tunes them
 * @param winners the policies that have won the others, with the number of nodes
 * @param rivals the policies that it is tied with for some node
 */
record Territory(
        List<Member> members,
        SortedMap<Tuner, Integer> left,
        SortedMap<String, Integer> winners,
        SortedSet<String> rivals) {

    /** Holds an election on every node of the fleet. {@code policy} is one of the fleet's and takes part. */
    static Territory of(KsmPolicy policy, Fleet fleet, Clock clock) {
        String name = policy.getMetadata().getName();
        var wanted = Assignment.specFrom(policy);
        var contenders = Election.contenders(fleet.policies());
        var members = new ArrayList<Member>();
        var left = new TreeMap<Tuner, Integer>();
        var winners = new TreeMap<String, Integer>();
        var rivals = new TreeSet<String>();
        for (NodeFacts node : fleet.nodes()) {
            if (!policy.getSpec().nodeSelector().matches(node.labels())
                    || !(Election.among(node, contenders) instanceof Outcome.Decided outcome)) {
                continue;
            }
            List<String> tied = names(outcome.tied());
            if (tied.contains(name)) {
                rivals.addAll(tied);
            }
            if (!tied.getFirst().equals(name)) {
                winners.merge(tied.getFirst(), 1, Integer::sum);
            } else if (outcome instanceof Outcome.Skipped) {
                left.merge(node.tuner(), 1, Integer::sum);
            } else {
                members.add(Member.of(node, wanted, fleet.ksmNodes().get(node.name()), clock));
            }
        }
        rivals.remove(name);
        members.sort(Comparator.comparing(Member::node));
        return new Territory(List.copyOf(members), left, winners, rivals);
    }

    private static List<String> names(List<KsmPolicy> policies) {
        return policies.stream().map(policy -> policy.getMetadata().getName()).toList();
    }

    /** How many nodes other policies have won. */
    int overridden() {
        return winners.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many nodes it has won and leaves alone. */
    int skipped() {
        return left.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many nodes the policy matches. */
    int matched() {
        return members.size() + overridden() + skipped();
    }

    /** How many members stand so. */
    int count(Member.Standing standing) {
        return all(standing).size();
    }

    /** The members that count as failed by what they were told, by name. */
    List<Member> failures() {
        return members.stream().filter(Member::isFailure).toList();
    }

    /** The members that stand so, by name. */
    List<Member> all(Member.Standing standing) {
        return members.stream().filter(member -> member.standing() == standing).toList();
    }
}
