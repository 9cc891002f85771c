package dev.samepage.kernel;

/**
 * A guest and how much memory it has.
 *
 * @param residentBytes that are resident and of no file (second less third field of {@code /proc/PID/statm}), whether ksmd may merge them or
 *     not
 * @param scannedPages pages that ksmd keeps a record of ({@code ksm_rmap_items} of {@code /proc/PID/ksm_stat}, Linux 6.1), so that it has
 *     looked at them at least once; 0 where the kernel does not tell, and where none is merged, since then it may have looked only once
 */
public record ResidentGuest(Guest guest, long residentBytes, long scannedPages) {}
