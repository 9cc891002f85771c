package dev.samepage.agent;

/** What fails again and again, so that it is said once: when it begins, and when it goes on in another way. For use by several threads. */
final class Trouble {
    private String known = "";

    /**
     * It has failed.
     *
     * @param how in which way, never empty
     * @return whether that is to be said
     */
    synchronized boolean isNew(String how) {
        boolean told = known.equals(how);
        known = how;
        return !told;
    }

    /** It works; gives whether it did not before. */
    synchronized boolean over() {
        boolean was = !known.isEmpty();
        known = "";
        return was;
    }
}
