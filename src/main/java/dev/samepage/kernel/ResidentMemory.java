package dev.samepage.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How much memory guests have. One short file for each of them, cheap enough for twice a second; what ksmd had looked at before is read once,
 * when a guest is seen for the first time. Not for use by two threads at once.
 */
final class ResidentMemory {
    /** More than any machine has; a larger number makes no sense, and must not overflow. */
    private static final long MOST_PAGES = 1L << 40;

    private final ProcFiles files;
    private final Lookout lookout;
    private final Map<Guest, Long> scannedPages = new HashMap<>();

    ResidentMemory(ProcFiles files, Lookout lookout) {
        this.files = files;
        this.lookout = lookout;
    }

    List<ResidentGuest> of(List<Guest> guests, long pageSizeBytes) {
        scannedPages.keySet().retainAll(Set.copyOf(guests));
        List<ResidentGuest> resident = new ArrayList<>(guests.size());
        for (Guest guest : guests) {
            OptionalLong pages = anonymousPages(guest.pid());
            if (pages.isPresent() && pages.getAsLong() > 0) {
                resident.add(new ResidentGuest(
                        guest,
                        Math.min(pages.getAsLong(), MOST_PAGES) * pageSizeBytes,
                        scannedPages.computeIfAbsent(guest, this::scannedPages)));
            }
        }
        return resident;
    }

    /** Resident less shared pages, the second and third field of statm, see proc(5); 0 of a process that has ended and was not waited for. */
    private OptionalLong anonymousPages(int pid) {
        try {
            String[] fields = files.read(pid + "/statm").split(" ", 4);
            if (fields.length < 4) {
                return OptionalLong.empty();
            }
            OptionalLong resident = Text.unsigned(fields[1]);
            OptionalLong shared = Text.unsigned(fields[2]);
            return resident.isPresent() && shared.isPresent()
                    ? OptionalLong.of(Math.max(0, resident.getAsLong() - shared.getAsLong()))
                    : OptionalLong.empty();
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /** What ksmd has looked at is read anew. */
    void forgetScanned() {
        scannedPages.clear();
    }

    /** 0 of one that does not answer. */
    private long scannedPages(Guest guest) {
        return lookout.look(List.of(guest.pid()), this::scannedPages).getOrDefault(guest.pid(), 0L);
    }

    private long scannedPages(int pid) {
        try {
            String ksmStat = files.read(pid + "/ksm_stat");
            OptionalLong merged = ProcFiles.number(ksmStat, "ksm_merging_pages ");
            OptionalLong zero = ProcFiles.number(ksmStat, "ksm_zero_pages ");
            boolean unfinished = merged.isPresent() && merged.getAsLong() + zero.orElse(0) == 0;
            return unfinished ? 0 : ProcFiles.number(ksmStat, "ksm_rmap_items ").orElse(0);
        } catch (IOException missingOrDenied) {
            return 0;
        }
    }
}
