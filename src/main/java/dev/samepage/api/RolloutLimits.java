package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.Objects;

/** How many nodes a change of a policy reaches at a time, and how many may fail before it goes no further. */
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "type(self.maxConcurrent) == int ? self.maxConcurrent >= 1 && self.maxConcurrent <= 1000000"
                + " : string(self.maxConcurrent).matches('^([1-9][0-9]?|100)%$')",
        message =
                "maxConcurrent is a number of nodes, 1 or more, or a percentage, 1% to 100%: write for example 10%, or "
                        + "paused: true to change no node",
        fieldPath = ".maxConcurrent")
@ValidationRule(
        value = "type(self.maxFailures) == int ? self.maxFailures >= 0 && self.maxFailures <= 1000000"
                + " : string(self.maxFailures).matches('^(0|[1-9][0-9]?|100)%$')",
        message = "maxFailures is a number of nodes, 0 or more, or a percentage, 0% to 100%: write for example 5%",
        fieldPath = ".maxFailures")
public record RolloutLimits(
        @JsonPropertyDescription(
                "How many nodes may be at work on a change at the same time: a number, 1 to 1000000, or per cent of the nodes "
                        + "that the policy has won, rounded up; at least 1. A node that cannot be reached, or whose agent does "
                        + "not answer for 5 minutes, is not counted.")
        @Default("10%")
        @SchemaFrom(type = IntOrString.class)
        Share maxConcurrent,

        @JsonPropertyDescription(
                "How many nodes may have failed: a number, 0 to 1000000, or per cent of the nodes that the policy has won, "
                        + "rounded down. While more have, no further node is told of the change. A node fails that refuses the "
                        + "change, and one that was told and then cannot be reached, or whose agent does not answer in time.")
        @Default("5%")
        @SchemaFrom(type = IntOrString.class)
        Share maxFailures) {

    public RolloutLimits {
        maxConcurrent = Objects.requireNonNullElse(maxConcurrent, new Share("10%"));
        maxFailures = Objects.requireNonNullElse(maxFailures, new Share("5%"));
    }

    /** What counts where the block is not written. */
    public static RolloutLimits defaults() {
        return new RolloutLimits(new Share("10%"), new Share("5%"));
    }

    /** How many of {@code nodes} may be at work at the same time, 1 or more. */
    public int concurrent(int nodes) {
        return Math.max(1, maxConcurrent.roundedUp(nodes));
    }

    /** How many of {@code nodes} may have failed, 0 or more. */
    public int failures(int nodes) {
        return maxFailures.roundedDown(nodes);
    }
}
