package dev.samepage.kernel;

import java.util.List;
import java.util.Optional;

/**
 * What un-merging would take, and what there is, at one moment.
 *
 * @param host of the whole host
 * @param limits of each memory cgroup with a limit that guests are under; empty where none can be read
 */
record UnmergeOutlook(MemoryCheck host, List<LimitCheck> limits) {
    UnmergeOutlook {
        limits = List.copyOf(limits);
    }

    /** What there is not enough of; empty where everything can be un-merged. */
    Optional<UnmergeResult.TooLittle> shortage() {
        if (!host.enough()) {
            return Optional.of(new UnmergeResult.TooLittle(host.shortage(), MemoryCheck.ADVICE));
        }
        return limits.stream()
                .filter(limit -> !limit.enough())
                .map(limit -> new UnmergeResult.TooLittle(limit.shortage(), limit.advice()))
                .findFirst();
    }
}
