package dev.samepage.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a {@link NodeSelector.Requirement} looks at a label. */
public enum Operator {
    @JsonProperty("In")
    IN,
    @JsonProperty("NotIn")
    NOT_IN,
    @JsonProperty("Exists")
    EXISTS,
    @JsonProperty("DoesNotExist")
    DOES_NOT_EXIST
}
