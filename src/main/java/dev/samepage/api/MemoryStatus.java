package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What merging saves. The short forms are for people and rounded down; the fields in bytes are exact. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MemoryStatus(
        @JsonPropertyDescription("Memory saved, rounded down: (pagesSharing + zeroPages) x page size.")
        String saved,

        @JsonPropertyDescription("Memory saved, in bytes.") Long savedBytes,

        @JsonPropertyDescription("saved less what the kernel needs to keep track of it; negative where KSM is a loss.")
        String profit,

        @JsonPropertyDescription("The profit in bytes; negative where KSM is a loss.")
        Long profitBytes,

        @JsonPropertyDescription("Memory of the node, in bytes. Only in KsmNode.") @Nullable
        Long totalBytes,

        @JsonPropertyDescription("Memory that programs could still get (MemAvailable), in bytes. Only in KsmNode.")
        @Nullable
        Long availableBytes) {}
