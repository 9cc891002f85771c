package dev.samepage.kernel;

import java.util.Optional;

/**
 * What un-merging would take, and what there is, at one moment.
 *
 * @param guestsGone whether it is sure that there are no guests
 * @param host of the whole host
 * @param guests of the guests that are under a limit, as far as limits can be read
 */
record UnmergeOutlook(boolean guestsGone, MemoryCheck host, GuestLimits.Needs guests) {
    /** What there is not enough of; empty where everything can be un-merged. */
    Optional<UnmergeResult.TooLittle> shortage() {
        if (!host.enough()) {
            return Optional.of(new UnmergeResult.TooLittle(host.shortage(), host.advice()));
        }
        Optional<UnmergeResult.TooLittle> shortage = guests.checks().stream()
                .filter(limit -> !limit.enough())
                .map(limit -> new UnmergeResult.TooLittle(limit.shortage(), limit.advice()))
                .findFirst();
        return shortage.or(
                () -> guests.silent().stream().map(UnmergeOutlook::unknown).findFirst());
    }

    private static UnmergeResult.TooLittle unknown(Guest guest) {
        return new UnmergeResult.TooLittle(
                "guest " + guest.name() + " does not answer what it needs of its limit",
                "Find out what its process waits for (/proc/" + guest.pid() + "/stack), or move the guest away.");
    }
}
