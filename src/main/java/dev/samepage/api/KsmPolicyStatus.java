package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a policy fares: counts, totals and a few examples, small at any number of nodes. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KsmPolicyStatus(
        @JsonPropertyDescription(
                "The metadata.generation that this status speaks of; -1 as long as there is no report.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription("How many nodes the policy matches, and how they fare.") @Nullable
        NodeCounts nodes,

        @JsonPropertyDescription("The kernel's counters, summed over the nodes that the policy has won.") @Nullable
        KsmCounters counters,

        @JsonPropertyDescription("What merging saves on the nodes that the policy has won.") @Nullable
        MemoryStatus memory,

        @JsonPropertyDescription("What merging costs on the nodes that the policy has won.") @Nullable
        KsmdStatus ksmd,

        @JsonPropertyDescription("How many nodes have which verdict.")
        Map<String, Integer> verdicts,

        @JsonPropertyDescription("The first failing nodes by name, at most 5.") @Size(max = 5)
        List<Example> examples,

        @JsonPropertyDescription(
                "Ready: every node that the policy has won is as it wants; one that cannot be reached was so when it was "
                        + "last heard, and not all are such. Reconciling: some are on the way. Stalled: some failed, or so many that no others are told, or some have no agent "
                        + "and get none, or the policy cannot be understood, or is in conflict. Degraded: some lack a setting, "
                        + "or the agents are not as the installation wants them. Conflicted: another policy of the same "
                        + "priority matches some of the same nodes.")
        List<Condition> conditions) {

    public KsmPolicyStatus {
        verdicts = Map.copyOf(Objects.requireNonNullElse(verdicts, Map.of()));
        examples = List.copyOf(Objects.requireNonNullElse(examples, List.of()));
        conditions = List.copyOf(Objects.requireNonNullElse(conditions, List.of()));
    }

    /** How many nodes. matched = targeted + overridden + skipped; targeted = applied + progressing + failed + unreachable. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record NodeCounts(
            @JsonPropertyDescription("Nodes that nodeSelector matches.")
            int matched,

            @JsonPropertyDescription("Nodes that the policy has won and acts on.")
            int targeted,

            @JsonPropertyDescription("Nodes that it matches and another policy has won.")
            int overridden,

            @JsonPropertyDescription(
                    "Nodes that it has won and leaves alone, because KubeVirt or another program tunes them.")
            int skipped,

            @JsonPropertyDescription("Nodes that are as the policy wants them.")
            int applied,

            @JsonPropertyDescription("Nodes on the way there.")
            int progressing,

            @JsonPropertyDescription(
                    "Nodes that refused, or where somebody else keeps changing KSM's settings; see examples.")
            int failed,

            @JsonPropertyDescription("Nodes that cannot be reached, or whose agent has gone silent.")
            int unreachable) {}

    /** One failing node. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Example(
            @JsonPropertyDescription("The node's name.") String node,
            @JsonPropertyDescription("Why, in a word.") String reason,

            @JsonPropertyDescription("Why, in a sentence: the message of its KsmNode.")
            String message) {}
}
