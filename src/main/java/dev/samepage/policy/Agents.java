package dev.samepage.policy;

/** What is known of the agents' DaemonSet, without which no policy can act on a node. */
public sealed interface Agents {

    /** Nobody has looked since the operator started: what a policy's status says of it still holds. */
    record Unknown() implements Agents {}

    /** It is as the installation wants it. */
    record Installed() implements Agents {}

    /**
     * It cannot be brought to what the installation wants, until somebody does something about it.
     *
     * @param reason why, in a word that programs can compare
     * @param message why, in a sentence for a person; cut to 512 characters, to keep a status small
     */
    record Unavailable(String reason, String message) implements Agents {
        /** The file with the DaemonSet cannot be used. */
        public static final String MANIFEST_INVALID = "AgentManifestInvalid";

        /** The DaemonSet cannot be applied: the API server refuses it, or there is no ServiceAccount for the agents. */
        public static final String NOT_APPLIED = "AgentNotApplied";

        private static final int MAX_MESSAGE = 512;

        public Unavailable {
            message = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - 1) + "…";
        }

        static boolean isReason(String reason) {
            return reason.equals(MANIFEST_INVALID) || reason.equals(NOT_APPLIED);
        }
    }
}
