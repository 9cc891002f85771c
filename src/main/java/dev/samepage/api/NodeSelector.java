package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A Kubernetes label selector over Nodes, with the usual meaning. Empty, it matches every node. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NodeSelector(
        @JsonPropertyDescription("Labels that a node must have, each with exactly this value.") @Size(max = 32)
        Map<String, String> matchLabels,

        @JsonPropertyDescription("Conditions on a node's labels, all of which must hold.") @Size(max = 32)
        List<Requirement> matchExpressions) {

    public NodeSelector {
        matchLabels = Map.copyOf(Objects.requireNonNullElse(matchLabels, Map.of()));
        matchExpressions = List.copyOf(Objects.requireNonNullElse(matchExpressions, List.of()));
    }

    /** Whether a node with these labels is meant. */
    public boolean matches(Map<String, String> labels) {
        return matchLabels.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
                && matchExpressions.stream().allMatch(r -> r.matches(labels));
    }

    /** One condition on a label. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @ValidationRule(
            value = "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
            message = "operators In and NotIn need at least one of values; Exists and DoesNotExist take none",
            fieldPath = ".values")
    public record Requirement(
            @JsonPropertyDescription("The label's name, for example kubevirt.io/schedulable.")
            @Required
            @Size(min = 1, max = 317)
            String key,

            @JsonPropertyDescription(
                    "In and NotIn compare the label's value with values; a node without the label satisfies NotIn. "
                            + "Exists and DoesNotExist ask only whether the label is there.")
            @Required
            @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
            Operator operator,

            @JsonPropertyDescription("The values to compare with. Only with In and NotIn.") @Size(max = 64)
            List<String> values) {

        public Requirement {
            values = List.copyOf(Objects.requireNonNullElse(values, List.of()));
        }

        /** An operator that this version does not know (null) matches no node. */
        @SuppressWarnings("NullAway") // read from a newer version's object, the operator is null
        boolean matches(Map<String, String> labels) {
            return switch (operator) {
                case null -> false;
                case IN -> labels.containsKey(key) && values.contains(labels.get(key));
                case NOT_IN -> !labels.containsKey(key) || !values.contains(labels.get(key));
                case EXISTS -> labels.containsKey(key);
                case DOES_NOT_EXIST -> !labels.containsKey(key);
            };
        }
    }
}
