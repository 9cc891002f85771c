package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the operator tells the agent of one node. Without {@code policy} and {@code settings} no policy covers the node: the
 * agent ends its work there as {@code onRemoval} says.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KsmNodeSpec(
        @JsonPropertyDescription("The policy that won this node. Absent: none covers it, and it is to be released.")
        @Nullable
        PolicyReference policy,

        @JsonPropertyDescription("What the winning policy wants of this node.") @Nullable
        Settings settings,

        @JsonPropertyDescription("Whether memory may be un-merged on this node, and how much must stay free.")
        Unmerge unmerge,

        @JsonPropertyDescription("What becomes of the node's settings when it is released.")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        OnRemoval onRemoval,

        @JsonPropertyDescription("Identifies everything above that the node acts on; status.hash is the one acted on.")
        @Required
        String hash) {

    public KsmNodeSpec {
        unmerge = Objects.requireNonNullElse(unmerge, Unmerge.refused());
        onRemoval = Objects.requireNonNullElse(onRemoval, OnRemoval.RESTORE);
        hash = Objects.requireNonNullElse(hash, "");
    }

    /** A policy by name, and which generation of it the node was given. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PolicyReference(
            @JsonPropertyDescription("The policy's name.") @Required
            String name,

            @JsonPropertyDescription("The policy's metadata.generation.") @Required
            Long generation) {}
}
