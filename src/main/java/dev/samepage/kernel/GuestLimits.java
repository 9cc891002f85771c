package dev.samepage.kernel;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What un-merging takes of the limits that guests are under: of each guest's own cgroup, and of those above that it may share with others.
 * A guest whose {@code ksm_stat} or cgroup cannot be read is left out, and counted where it has not ended meanwhile. Not for use by two
 * threads at once.
 */
final class GuestLimits {
    /** More than any machine has; larger numbers make no sense, and their sum must not overflow. */
    private static final long MOST_PAGES = 1L << 36;

    private static final long MOST_BYTES = 1L << 60;

    private final ProcFiles proc;
    private final MemoryCgroups cgroups;
    private final Lookout lookout;

    GuestLimits(ProcFiles proc, MemoryCgroups cgroups, Duration patience) {
        this.proc = proc;
        this.cgroups = cgroups;
        lookout = new Lookout(patience);
    }

    /**
     * What these guests need of their limits.
     *
     * @param checks one for each limit, as far as there are merged pages
     * @param silent who is under a limit and does not answer, or was not asked because too many others do not
     * @param unknown of how many guests it cannot be read what they need, or which limits they are under; without those that are known to be
     *     under none
     */
    record Needs(List<LimitCheck> checks, List<Guest> silent, int unknown) {
        Needs {
            checks = List.copyOf(checks);
            silent = List.copyOf(silent);
        }
    }

    /** Looks at all of them anew. */
    Needs needs(List<Guest> guests, long pageSizeBytes) {
        Map<Integer, OptionalLong> mergedPages =
                lookout.look(guests.stream().map(Guest::pid).toList(), this::mergedPages);
        Map<String, LimitCheck> checks = new LinkedHashMap<>();
        List<Guest> silent = new ArrayList<>();
        int unknown = 0;
        for (Guest guest : guests) {
            OptionalLong pages = mergedPages.get(guest.pid());
            if (pages != null && pages.isPresent() && pages.getAsLong() == 0) {
                continue;
            }
            Optional<List<MemoryCgroup>> limiting = cgroups.limiting(guest.pid());
            if (limiting.filter(List::isEmpty).isPresent()) {
                continue;
            }
            if (limiting.isEmpty() || (pages != null && pages.isEmpty())) {
                if (!hasEnded(guest)) {
                    unknown++;
                }
            } else if (pages == null) {
                silent.add(guest);
            } else {
                for (MemoryCgroup cgroup : limiting.orElseThrow()) {
                    checks.merge(
                            cgroup.path(),
                            check(guest, pages.getAsLong() * pageSizeBytes, cgroup),
                            GuestLimits::together);
                }
            }
        }
        return new Needs(List.copyOf(checks.values()), silent, unknown);
    }

    /**
     * The first of these limits that somebody else is using up meanwhile: more than half is gone of what was to be left when all is un-merged.
     *
     * @param begun what was checked before the beginning, each {@link LimitCheck#enough}
     */
    Optional<LimitCheck> usedUp(Collection<LimitCheck> begun) {
        return begun.stream()
                .flatMap(check -> {
                    long spare = check.roomBytes() - check.neededBytes();
                    return now(check).filter(now -> now.roomBytes() < spare / 2);
                })
                .findFirst();
    }

    private Stream<LimitCheck> now(LimitCheck check) {
        return cgroups.again(new MemoryCgroup(check.cgroup(), check.limitBytes(), check.usedBytes())).stream()
                .map(now -> new LimitCheck(
                        check.cgroup(),
                        check.guest(),
                        check.otherGuests(),
                        check.neededBytes(),
                        now.limitBytes(),
                        now.usedBytes()));
    }

    private static LimitCheck check(Guest guest, long needed, MemoryCgroup cgroup) {
        return new LimitCheck(cgroup.path(), guest.name(), 0, needed, cgroup.limitBytes(), cgroup.usedBytes());
    }

    private static LimitCheck together(LimitCheck sum, LimitCheck next) {
        boolean more = next.neededBytes() > sum.neededBytes();
        return new LimitCheck(
                sum.cgroup(),
                more ? next.guest() : sum.guest(),
                sum.otherGuests() + 1,
                Math.min(sum.neededBytes() + next.neededBytes(), MOST_BYTES),
                next.limitBytes(),
                next.usedBytes());
    }

    private boolean hasEnded(Guest guest) {
        return ProcStat.parse(text(guest.pid() + "/stat"))
                .filter(stat -> stat.startTicks() == guest.startTicks())
                .isEmpty();
    }

    /** From ksm_stat; on kernels before 6.4, whose ksm_stat does not tell, from ksm_merging_pages (5.19). Empty where neither can be read. */
    private OptionalLong mergedPages(int pid) {
        String ksmStat = text(pid + "/ksm_stat");
        OptionalLong merging = ProcFiles.number(ksmStat, "ksm_merging_pages ");
        if (merging.isEmpty()) {
            merging = Text.unsigned(text(pid + "/ksm_merging_pages").strip());
        }
        long zeroPages = ProcFiles.number(ksmStat, "ksm_zero_pages ").orElse(0);
        return merging.isEmpty()
                ? merging
                : OptionalLong.of(Math.min(merging.getAsLong(), MOST_PAGES) + Math.min(zeroPages, MOST_PAGES));
    }

    /** Empty where it is missing or denied. */
    private String text(String file) {
        try {
            return proc.read(file);
        } catch (IOException e) {
            return "";
        }
    }
}
