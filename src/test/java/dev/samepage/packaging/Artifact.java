package dev.samepage.packaging;

import java.util.List;

/**
 * A part of the image that somebody else made.
 *
 * @param group as in Maven; empty for what does not come from there
 * @param licences any of them may be chosen
 */
record Artifact(String group, String name, String version, List<Licence> licences) {
    Artifact {
        licences = List.copyOf(licences);
    }

    /** Its package URL; of what does not come from Maven a generic one. */
    String purl() {
        return group.isEmpty()
                ? "pkg:generic/%s@%s".formatted(name, version.replace("+", "%2B"))
                : "pkg:maven/%s/%s@%s".formatted(group, name, version);
    }
}
