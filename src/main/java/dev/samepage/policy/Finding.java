package dev.samepage.policy;

/**
 * What one condition of a policy says.
 *
 * @param holds whether its status is True, else it is False
 * @param reason why, in a word that programs can compare
 * @param message why, in a sentence for a person
 */
record Finding(boolean holds, String reason, String message) {

    static Finding yes(String reason, String message) {
        return new Finding(true, reason, message);
    }

    static Finding no(String reason, String message) {
        return new Finding(false, reason, message);
    }
}
