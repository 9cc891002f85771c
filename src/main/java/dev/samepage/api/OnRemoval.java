package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What becomes of a node's settings when no policy covers the node any more. */
public enum OnRemoval {
    /** Every setting is put back as it was found; merged pages stay merged. */
    @JsonProperty("Restore")
    RESTORE,
    /** As {@link #RESTORE}, and every guest gets its own pages back. Needs {@code unmerge.allowed}. */
    @JsonProperty("RestoreAndUnmerge")
    RESTORE_AND_UNMERGE,
    /** The settings stay as they are and are from then on the host's own. */
    @JsonProperty("Keep")
    KEEP
}
