package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the agent of one node reports. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KsmNodeStatus(
        @JsonPropertyDescription(
                "The metadata.generation that this status speaks of; -1 as long as there is no report.")
        @Nullable
        Long observedGeneration,

        @JsonPropertyDescription(
                "Observing: the policy only wants reports. Applying: memory is being un-merged or a write waits for its "
                        + "next try. Applied: the kernel's settings are what the policy wants. Failed: something was "
                        + "refused, see message. Contended: somebody else keeps changing them; nothing is written for a while. "
                        + "Restored: no policy covers the node and it was released.")
        @Nullable
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        State state,

        @JsonPropertyDescription("What happened, for a person: at most 256 characters.") @Nullable
        String message,

        @JsonPropertyDescription("The spec.hash that was acted on.") @Nullable
        String hash,

        @JsonPropertyDescription("The node's kernel.") @Nullable
        KernelStatus kernel,

        @JsonPropertyDescription("KSM's settings as read back from the kernel, under the kernel's names.")
        Map<String, String> settings,

        @JsonPropertyDescription("The kernel's KSM counters, under the kernel's names.") @Nullable
        KsmCounters counters,

        @JsonPropertyDescription("What merging saves on this node.") @Nullable
        MemoryStatus memory,

        @JsonPropertyDescription("What merging costs on this node.") @Nullable
        KsmdStatus ksmd,

        @JsonPropertyDescription(
                "With mode Adaptive, what it does while the state is Applied. Boost: ksmd goes over all mergeable memory, because some of it is new. "
                        + "Track: ksmd scans while that pays. Rest: ksmd stands still, and merged pages stay merged.")
        @Nullable
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        Phase phase,

        @JsonPropertyDescription("Why this phase, for a person: at most 256 characters.") @Nullable
        String phaseReason,

        @JsonPropertyDescription("How far ksmd is in its lap over all mergeable memory, while it makes one.") @Nullable
        LapStatus lap,

        @JsonPropertyDescription(
                "Effective: a profit of at least 0.5 % of memory or 64 MiB. Marginal: a smaller profit. Wasteful: no "
                        + "profit after two full laps, or one too small for the CPU that ksmd keeps using. Pending: fewer "
                        + "than two laps since the last guest arrived. Idle: nothing on the node is mergeable.")
        @Nullable
        @JsonFormat(with = JsonFormat.Feature.READ_UNKNOWN_ENUM_VALUES_AS_NULL)
        Verdict verdict,

        @JsonPropertyDescription("Processes that offer memory for merging, virtual machines as a rule.") @Nullable
        Integer guests,

        @JsonPropertyDescription("When the figures were taken.") @Nullable
        String sampleTime,

        @JsonPropertyDescription(
                "Ready: the node is as its policy wants it. Degraded: it is, except for what the message names. Only while "
                        + "they are true: Reconciling, it is on the way there; Stalled, something was refused, or is contended; "
                        + "Contended, somebody else keeps changing KSM's settings, with the likely one as its reason.")
        List<Condition> conditions) {

    public KsmNodeStatus {
        settings = Map.copyOf(Objects.requireNonNullElse(settings, Map.of()));
        conditions = List.copyOf(Objects.requireNonNullElse(conditions, List.of()));
    }
}
