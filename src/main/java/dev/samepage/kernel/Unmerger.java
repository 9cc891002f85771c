package dev.samepage.kernel;

/** Gives every guest its own pages back. In tests, a fake; on a host, {@link UnmergeGuard}. */
@FunctionalInterface
public interface Unmerger {
    /**
     * Blocks until it is done, given up or called off, see {@link UnmergeGuard#unmerge}.
     *
     * @param reservePercent per cent of the host's memory that is to stay available, 0 to 100
     * @param onlyIfGuestsGone whether it is not allowed while there are guests: refused where one is found, or may have come
     */
    UnmergeResult unmerge(int reservePercent, boolean onlyIfGuestsGone, Caller caller);

    /** Whoever wants memory un-merged. It is asked and told in the calling thread. */
    interface Caller {
        /** Whether it is still wanted: asked before each try and at each look at memory. */
        boolean stillWants();

        /**
         * There is enough memory, and 2 is to be written next: the moment to stop ksmd. Told once.
         *
         * @param unknownLimits for how many guests nobody can tell whether a memory limit holds what they get back
         * @return whether to go on; otherwise nothing is written
         */
        boolean begins(int unknownLimits);

        /** It was stopped on the way and will go on: why and when, as sentences. */
        void pauses(String why);
    }
}
