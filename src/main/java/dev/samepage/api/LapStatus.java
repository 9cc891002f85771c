package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** How far ksmd is in its lap over all mergeable memory. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LapStatus(
        @JsonPropertyDescription(
                "The part of the current lap that is done, in per cent, 0 to 100: an estimate, as the kernel does not tell.")
        Integer percent) {}
