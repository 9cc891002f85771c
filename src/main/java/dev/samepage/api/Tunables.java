package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Settings of the kernel that every mode shares. What is absent is left as it was found. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Tunables(
        @JsonPropertyDescription(
                "Whether pages of different NUMA nodes are merged (merge_across_nodes). The kernel refuses a change while "
                        + "any page is merged, unless unmerge.allowed lets Samepage un-merge first.")
        @Nullable
        Boolean mergeAcrossNodes,

        @JsonPropertyDescription(
                "How many mappings may share one merged page (max_page_sharing), 2 to 65536. Large values make a page slow "
                        + "to migrate or swap. The kernel refuses a change while any page is merged, unless "
                        + "unmerge.allowed lets Samepage un-merge first.")
        @Nullable
        @Min(2)
        @Max(65_536)
        Integer maxPageSharing,

        @JsonPropertyDescription(
                "Whether empty pages become the kernel's zero page (use_zero_pages). Affects later merges only.")
        @Nullable
        Boolean useZeroPages,

        @JsonPropertyDescription(
                "Whether only empty pages are merged (redhat_only_zero_pages of RHEL 9.9 and CentOS Stream 9). On a kernel "
                        + "without it, true means that nothing is scanned and the node is Failed.")
        @Nullable
        Boolean zeroPagesOnly,

        @JsonPropertyDescription(
                "Whether ksmd visits pages that did not merge less and less often (smart_scan, Linux 6.7 and newer). "
                        + "Not with mode: Adaptive, which sees to it.")
        @Nullable
        Boolean smartScan,

        @JsonPropertyDescription("Milliseconds between two clean-ups of pages that are shared very widely "
                + "(stable_node_chains_prune_millisecs), 100 to 3600000.")
        @Nullable
        @Min(100)
        @Max(3_600_000)
        Integer stableNodeChainsPruneMillis) {

    /** Nothing is asked for: everything is left as it was found. */
    public static Tunables none() {
        return new Tunables(null, null, null, null, null, null);
    }
}
