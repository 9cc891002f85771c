package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import java.util.Objects;

/** Whether memory may be un-merged, and how much must stay free when it is. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Unmerge(
        @JsonPropertyDescription(
                "Whether memory may be un-merged where a change of mode, of a tunable, or the removal needs it. Every "
                        + "guest then gets its own pages back, which takes memory; it is refused when too little is free.")
        @Default("false")
        Boolean allowed,

        @JsonPropertyDescription(
                "Per cent of the node's memory that must still be available afterwards, 0 to 90, and never less than "
                        + "128 MiB; otherwise nothing is un-merged.")
        @Default("10")
        @Min(0)
        @Max(90)
        Integer reservePercent) {

    /** A reserve that the schema does not allow, as an altered file may hold it, is the nearest that it does. */
    public Unmerge {
        allowed = Objects.requireNonNullElse(allowed, false);
        reservePercent = Math.clamp(Objects.requireNonNullElse(reservePercent, 10), 0, 90);
    }

    /** Un-merging is not allowed. */
    public static Unmerge refused() {
        return new Unmerge(false, 10);
    }
}
