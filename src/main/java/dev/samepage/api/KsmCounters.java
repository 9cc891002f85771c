package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's KSM counters, in pages unless said otherwise, under the kernel's names. One that the kernel does not have is
 * absent. In a policy's status they are the sums over its nodes.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KsmCounters(
        @JsonPropertyDescription(
                "Pages of memory in use that hold merged content (pages_shared): the price, not the gain.")
        @Nullable
        Long pagesShared,

        @JsonPropertyDescription("Page mappings that need no memory of their own any more (pages_sharing): the gain.")
        @Nullable
        Long pagesSharing,

        @JsonPropertyDescription(
                "Pages looked at that no other page equals (pages_unshared). Says little while smart_scan is on.")
        @Nullable
        Long pagesUnshared,

        @JsonPropertyDescription("Pages that change too often to be merged (pages_volatile).") @Nullable
        Long pagesVolatile,

        @JsonPropertyDescription("Empty pages replaced by the kernel's zero page (ksm_zero_pages): also gain.")
        @Nullable
        Long zeroPages,

        @JsonPropertyDescription("Pages looked at since boot (pages_scanned).") @Nullable
        Long pagesScanned,

        @JsonPropertyDescription("Pages passed over by smart_scan since boot (pages_skipped).") @Nullable
        Long pagesSkipped,

        @JsonPropertyDescription("Laps over all mergeable memory since boot or since the last un-merge (full_scans).")
        @Nullable
        Long fullScans,

        @JsonPropertyDescription("Chains of very widely shared pages (stable_node_chains).") @Nullable
        Long stableNodeChains,

        @JsonPropertyDescription("Copies kept in those chains (stable_node_dups).") @Nullable
        Long stableNodeDups) {}
