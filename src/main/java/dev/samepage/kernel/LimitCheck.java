package dev.samepage.kernel;

/**
 * Whether the guests of one memory cgroup can have their own pages back without being killed for its limit.
 *
 * @param cgroup its path below the hierarchy's root
 * @param guest the guest in it, or below it, that needs most
 * @param otherGuests how many others need something too
 * @param neededBytes what they need together: (ksm_merging_pages + ksm_zero_pages) x page size. All of them, since the cgroup that a merged
 *     page is charged to may be another's.
 * @param limitBytes the cgroup's limit
 * @param usedBytes what counts against it and cannot simply be dropped
 */
public record LimitCheck(
        String cgroup, String guest, int otherGuests, long neededBytes, long limitBytes, long usedBytes) {
    /** What is left below the limit. */
    public long roomBytes() {
        return limitBytes - usedBytes;
    }

    /** Whether the limit allows it. */
    public boolean enough() {
        return roomBytes() >= neededBytes;
    }

    /** Why it does not, in words that go on after a colon; each figure in MiB. */
    public String shortage() {
        boolean alone = otherGuests == 0;
        return (alone ? "guest " + guest + " needs " : "guests " + guest + " and " + otherGuests + " more need ")
                + Mebibytes.up(neededBytes) + " MiB, and of " + (alone ? "its" : "their") + " limit of "
                + Mebibytes.down(limitBytes) + " MiB " + Mebibytes.down(Math.max(0, roomBytes()))
                + " MiB are left: " + (alone ? "it" : "one") + " would be killed";
    }

    /** What helps. */
    public String advice() {
        return "Raise that limit, or move the guest away (cgroup " + cgroup + ").";
    }
}
