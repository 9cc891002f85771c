package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** When {@link Mode#ADAPTIVE} looks for something to merge. */
public enum Activation {
    /** Whatever memory is free. */
    @JsonProperty("Always")
    ALWAYS,
    /** Only while little memory is available. */
    @JsonProperty("MemoryPressure")
    MEMORY_PRESSURE
}
