package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** What the winning policy wants of one node: the part of its spec that the node's kernel is to be brought to. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Settings(
        @JsonPropertyDescription("The mode of the winning policy.")
        @Required
        @Nullable
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        Mode mode,

        @JsonPropertyDescription("The rate of scanning, with mode Fixed.") @Nullable
        Fixed fixed,

        @JsonPropertyDescription("What the kernel's advisor aims at, with mode KernelAdvisor.") @Nullable
        KernelAdvisor kernelAdvisor,

        @JsonPropertyDescription("What ksmd may cost and must yield, with mode Adaptive.") @Nullable
        Adaptive adaptive,

        @JsonPropertyDescription("Settings that every mode shares.") @Nullable
        Tunables tunables) {}
