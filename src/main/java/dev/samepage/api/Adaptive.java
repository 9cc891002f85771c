package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bounds of {@link Mode#ADAPTIVE}: what ksmd may cost, what it must yield, and when it looks at all. */
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "self.minSavedPerCpuSecond.matches('" + Adaptive.AMOUNT + "')",
        message =
                "minSavedPerCpuSecond is a whole number, 1 to 9999, and its unit, Ki, Mi or Gi: write for example 64Mi",
        fieldPath = ".minSavedPerCpuSecond")
@ValidationRule(
        value = "!has(self.memoryAvailableBelowPercent) || self.activation == 'MemoryPressure'",
        message =
                "memoryAvailableBelowPercent goes only with activation: MemoryPressure: remove it, or write activation: "
                        + "MemoryPressure",
        fieldPath = ".memoryAvailableBelowPercent")
public record Adaptive(
        @JsonPropertyDescription(
                "The most CPU that ksmd may use, in per cent of one core, 1 to 100. It uses that much only while there is "
                        + "something to gain.")
        @Default("70")
        @Min(1)
        @Max(100)
        Integer maxCpuPercent,

        @JsonPropertyDescription(
                "The least memory that each CPU second of ksmd must save, 1Ki to 9999Gi; under this yield ksmd rests. "
                        + "Higher saves CPU, lower saves memory. While memory is short a fourth is enough.")
        @Default("64Mi")
        @Size(max = 6)
        String minSavedPerCpuSecond,

        @JsonPropertyDescription(
                "Seconds after which ksmd looks again although nothing seems to have changed, 10 to 86400. Later where the "
                        + "look would take more than 1 % of a core.")
        @Default("1800")
        @Min(10)
        @Max(86_400)
        Integer maxRestSeconds,

        @JsonPropertyDescription(
                "Always: whatever memory is free. MemoryPressure: only while less of the node's memory is available than "
                        + "memoryAvailableBelowPercent; otherwise ksmd rests, and merged pages stay merged.")
        @Default("Always")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        Activation activation,

        @JsonPropertyDescription(
                "Per cent of the node's memory under which what is available (MemAvailable) is too little, 1 to 99; 20 "
                        + "where it is not named. Only with activation: MemoryPressure.")
        @Nullable
        @Min(1)
        @Max(99)
        Integer memoryAvailableBelowPercent) {

    static final String AMOUNT = "^[1-9][0-9]{0,3}(Ki|Mi|Gi)$";

    private static final int MEMORY_AVAILABLE_BELOW_PERCENT = 20;
    private static final Pattern AMOUNT_PATTERN = Pattern.compile("([1-9][0-9]{0,3})(Ki|Mi|Gi)");

    public Adaptive {
        maxCpuPercent = Objects.requireNonNullElse(maxCpuPercent, 70);
        minSavedPerCpuSecond = Objects.requireNonNullElse(minSavedPerCpuSecond, "64Mi");
        maxRestSeconds = Objects.requireNonNullElse(maxRestSeconds, 1800);
        activation = Objects.requireNonNullElse(activation, Activation.ALWAYS);
    }

    /** What counts where the block is not written. */
    public static Adaptive defaults() {
        return new Adaptive(70, "64Mi", 1800, Activation.ALWAYS, null);
    }

    /** {@link #minSavedPerCpuSecond} in bytes; empty where it is written in a way that only a newer version understands. */
    public OptionalLong minSavedBytesPerCpuSecond() {
        Matcher amount = AMOUNT_PATTERN.matcher(minSavedPerCpuSecond);
        if (!amount.matches()) {
            return OptionalLong.empty();
        }
        int shift = switch (amount.group(2)) {
            case "Ki" -> 10;
            case "Mi" -> 20;
            default -> 30;
        };
        return OptionalLong.of(Long.parseLong(amount.group(1)) << shift);
    }

    /** {@link #memoryAvailableBelowPercent}, or what counts where it is not named. */
    public int memoryAvailableBelowPercentOrDefault() {
        return Objects.requireNonNullElse(memoryAvailableBelowPercent, MEMORY_AVAILABLE_BELOW_PERCENT);
    }
}
