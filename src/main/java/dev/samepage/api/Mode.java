package dev.samepage.api;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;

/** How a policy wants its nodes to merge memory. Read from a newer version's object, an unknown mode is null. */
public enum Mode {
    /** Reports and writes nothing; a node that was tuned before is restored first. */
    @JsonProperty("Observe")
    OBSERVE,
    /** {@code run=0}: ksmd stands still and merged pages stay merged. */
    @JsonProperty("Stopped")
    STOPPED,
    /** {@code run=2} and then 0: every guest gets its own pages back. Needs {@code unmerge.allowed}. */
    @JsonProperty("Unmerged")
    UNMERGED,
    /** {@code run=1} at a fixed rate. */
    @JsonProperty("Fixed")
    FIXED,
    /** {@code run=1} at the rate that the kernel's scan-time advisor chooses (Linux 6.8 and newer). */
    @JsonProperty("KernelAdvisor")
    KERNEL_ADVISOR,
    /** {@code run=1} while there is something to gain, 0 otherwise, at a rate that follows what merging yields. */
    @JsonProperty("Adaptive")
    ADAPTIVE;

    /** The word that the API uses. */
    @Override
    public String toString() {
        return Arrays.stream(name().split("_", -1))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
                .collect(joining());
    }
}
