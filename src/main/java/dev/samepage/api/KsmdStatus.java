package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What merging costs. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KsmdStatus(
        @JsonPropertyDescription(
                "CPU that the kernel's ksmd thread used over the last minute, in per cent of one core. In a policy the "
                        + "mean over its nodes.")
        String cpuPercent) {}
