package dev.samepage.policy;

/**
 * Something that a person should notice, to become a Kubernetes event.
 *
 * @param reason what happened, in a word that programs can compare
 * @param message what happened, in a sentence for a person
 */
public record Notice(Kind kind, String reason, String message) {

    /** Whether somebody may have to do something about it. */
    public enum Kind {
        NORMAL,
        WARNING
    }

    static Notice normal(String reason, String message) {
        return new Notice(Kind.NORMAL, reason, message);
    }

    static Notice warning(String reason, String message) {
        return new Notice(Kind.WARNING, reason, message);
    }
}
