package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Objects;

/** The kernel of a node. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KernelStatus(
        @JsonPropertyDescription("The kernel's release, as uname -r prints it.")
        String release,

        @JsonPropertyDescription("Changes with every boot.") String bootId,

        @JsonPropertyDescription("The kernel's page size in bytes.")
        Long pageSizeBytes,

        @JsonPropertyDescription("Settings of KSM that this kernel does not have.")
        List<String> missingKnobs) {

    public KernelStatus {
        missingKnobs = List.copyOf(Objects.requireNonNullElse(missingKnobs, List.of()));
    }
}
