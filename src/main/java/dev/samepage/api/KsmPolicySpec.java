package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a person wants of the nodes that {@code nodeSelector} matches. */
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "has(self.fixed) == (self.mode == 'Fixed')",
        message =
                "mode: Fixed needs its rate, and no other mode takes it: write for example fixed: {pagesToScan: 1000, "
                        + "sleepMillis: 20} with mode: Fixed, or remove the block",
        fieldPath = ".fixed")
@ValidationRule(
        value = "!has(self.kernelAdvisor) || self.mode == 'KernelAdvisor'",
        message = "kernelAdvisor goes only with mode: KernelAdvisor: remove the block, or write mode: KernelAdvisor",
        fieldPath = ".kernelAdvisor")
@ValidationRule(
        value = "!has(self.adaptive) || self.mode == 'Adaptive'",
        message = "adaptive goes only with mode: Adaptive: remove the block, or write mode: Adaptive",
        fieldPath = ".adaptive")
@ValidationRule(
        value = "self.mode != 'Adaptive' || !has(self.tunables) || !has(self.tunables.smartScan)",
        message = "mode: Adaptive turns smart_scan on and off by itself: remove smartScan, or write another mode",
        fieldPath = ".tunables.smartScan")
@ValidationRule(
        value = "!has(self.tunables) || self.mode != 'Observe'",
        message = "mode: Observe writes nothing to the kernel: remove the tunables, or write mode: Stopped",
        fieldPath = ".tunables")
@ValidationRule(
        value = "self.mode != 'Unmerged' || (has(self.unmerge) && self.unmerge.allowed)",
        message = "mode: Unmerged gives every guest its own pages back, which takes memory: "
                + "write unmerge: {allowed: true} if that is meant, or mode: Stopped to keep what is merged",
        fieldPath = ".mode")
@ValidationRule(
        value = "self.onRemoval != 'RestoreAndUnmerge' || (has(self.unmerge) && self.unmerge.allowed)",
        message = "onRemoval: RestoreAndUnmerge gives every guest its own pages back, which takes memory: "
                + "write unmerge: {allowed: true} if that is meant, or onRemoval: Restore",
        fieldPath = ".onRemoval")
public record KsmPolicySpec(
        @JsonPropertyDescription(
                "The nodes that the policy is for, by their labels. {} is every node. Example: {matchLabels: "
                        + "{kubevirt.io/schedulable: \"true\"}}.")
        @Required
        NodeSelector nodeSelector,

        @JsonPropertyDescription(
                "Which policy wins on a node that several match: the highest. One whole policy wins; fields are never "
                        + "mixed. On a tie the lower name wins and both are Conflicted.")
        @Default("0")
        @Min(-1_000_000)
        @Max(1_000_000)
        Integer priority,

        @JsonPropertyDescription(
                "While true no node is told anything else because of this policy. What was told is carried out and kept up.")
        @Default("false")
        Boolean paused,

        @JsonPropertyDescription(
                "Observe: report only, write nothing. Stopped: no scanning, merged pages stay merged. Unmerged: no "
                        + "scanning, every guest gets its own pages back. Fixed: scan at the rate in fixed. KernelAdvisor: "
                        + "scan at the rate that the kernel chooses (Linux 6.8 and newer). Adaptive: scan while there is "
                        + "something to gain, and rest otherwise.")
        @Default(KsmPolicySpec.DEFAULT_MODE)
        @Nullable
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        Mode mode,

        @JsonPropertyDescription("The rate of scanning. Only with mode: Fixed, and needed there.") @Nullable
        Fixed fixed,

        @JsonPropertyDescription("What the kernel's advisor aims at. Only with mode: KernelAdvisor.") @Nullable
        KernelAdvisor kernelAdvisor,

        @JsonPropertyDescription(
                "What ksmd may cost and must yield. Only with mode: Adaptive, which has defaults for all of it.")
        @Nullable
        Adaptive adaptive,

        @JsonPropertyDescription("Settings that every mode shares. What is absent is left as it was found.") @Nullable
        Tunables tunables,

        @JsonPropertyDescription("Whether memory may be un-merged, and how much must stay free when it is.")
        @Default("{}")
        Unmerge unmerge,

        @JsonPropertyDescription(
                "What happens on a node when no policy covers it any more. Restore: every setting as it was found. "
                        + "RestoreAndUnmerge: that, and every guest gets its own pages back. Keep: the settings stay.")
        @Default("Restore")
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        OnRemoval onRemoval,

        @JsonPropertyDescription(
                "How a change reaches the nodes: how many at a time, and after how many failures it goes no further. Nodes that no "
                        + "policy covers any more do not wait for it.")
        @Default("{}")
        RolloutLimits rollout) {

    /** The mode of a policy that names none. The API server fills it in: a mode that reads as null is one of a newer version. */
    public static final String DEFAULT_MODE = "Adaptive";

    public KsmPolicySpec {
        nodeSelector = Objects.requireNonNullElse(nodeSelector, new NodeSelector(Map.of(), List.of()));
        priority = Objects.requireNonNullElse(priority, 0);
        paused = Objects.requireNonNullElse(paused, false);
        unmerge = Objects.requireNonNullElse(unmerge, Unmerge.refused());
        onRemoval = Objects.requireNonNullElse(onRemoval, OnRemoval.RESTORE);
        rollout = Objects.requireNonNullElse(rollout, RolloutLimits.defaults());
    }
}
