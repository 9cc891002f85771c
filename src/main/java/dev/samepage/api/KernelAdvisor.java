package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;

/** The aims that {@link Mode#KERNEL_ADVISOR} gives the kernel's scan-time advisor. */
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "self.minPagesToScan <= self.maxPagesToScan",
        message = "minPagesToScan must not be larger than maxPagesToScan: lower the first or raise the second",
        fieldPath = ".minPagesToScan")
public record KernelAdvisor(
        @JsonPropertyDescription(
                "Seconds in which the advisor tries to look at every page once (advisor_target_scan_time), 1 to 86400.")
        @Default("200")
        @Min(1)
        @Max(86_400)
        Integer targetScanSeconds,

        @JsonPropertyDescription(
                "The most CPU that ksmd may use, in per cent of one core (advisor_max_cpu), 1 to 100. The advisor never "
                        + "goes below 10.")
        @Default("70")
        @Min(1)
        @Max(100)
        Integer maxCpuPercent,

        @JsonPropertyDescription(
                "Pages a batch that the advisor starts from (advisor_min_pages_to_scan), 1 to 100000. The kernel may go "
                        + "below it later.")
        @Default("500")
        @Min(1)
        @Max(100_000)
        Integer minPagesToScan,

        @JsonPropertyDescription("The most pages a batch (advisor_max_pages_to_scan), 1 to 100000.")
        @Default("30000")
        @Min(1)
        @Max(100_000)
        Integer maxPagesToScan) {

    public KernelAdvisor {
        targetScanSeconds = Objects.requireNonNullElse(targetScanSeconds, 200);
        maxCpuPercent = Objects.requireNonNullElse(maxCpuPercent, 70);
        minPagesToScan = Objects.requireNonNullElse(minPagesToScan, 500);
        maxPagesToScan = Objects.requireNonNullElse(maxPagesToScan, 30_000);
    }

    /** The kernel's own defaults. */
    public static KernelAdvisor defaults() {
        return new KernelAdvisor(200, 70, 500, 30_000);
    }
}
