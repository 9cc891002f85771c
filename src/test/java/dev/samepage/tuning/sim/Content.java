package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;
import org.jspecify.annotations.Nullable;

/**
 * What several blocks have in common, and who shares it. Counted in units of {@code unitPages}: a block of pages that differ from each other
 * is one unit, and of a block of equal pages each page is one. How units are spread over the copies that {@code max_page_sharing} calls for
 * is always the tightest, which the kernel does not promise after some have left.
 */
final class Content {
    private final int unitPages;
    private final KernelState state;

    /** Units in the stable tree, by the kernel's counters. */
    private long listed;

    /** Units that truly share a page. */
    private long mapped;

    /** The block that was the first in this lap to be found unmerged. */
    private @Nullable Block waiting;

    private long waitingLap;

    Content(int unitPages, KernelState state) {
        this.unitPages = unitPages;
        this.state = state;
    }

    /** Whether the block could be merged with pages that are merged already. */
    boolean hasRoomFor(Block block) {
        return room() >= units(block);
    }

    /** Looks for an equal of a block whose checksum is that of its last visit. It is merged, or waits in the unstable tree. */
    Visit search(Block block, long lap) {
        PageCosts costs = state.costs();
        Ledger ledger = state.ledger();
        long units = units(block);
        long joining = Math.min(units, room());
        if (joining == units) {
            long nanos = costs.joined(ledger);
            list(block);
            return Visit.scanned(block.pages(), nanos);
        }
        if (units > 1) {
            long copies = copies(units - joining);
            long pairs = copies * (costs.unmatched(ledger) + costs.paired(ledger));
            long joins = Math.max(0, units - 2 * copies) * costs.joined(ledger);
            list(block);
            return new Visit(block.pages(), pairs + joins);
        }
        Block other = waiting;
        if (other != null && waitingLap == lap && other.waitsWith(this)) {
            long nanos = costs.paired(ledger);
            other.leaveTree();
            ledger.unstableNodes -= other.pages();
            list(other);
            list(block);
            return Visit.scanned(block.pages(), nanos);
        }
        long nanos = costs.unmatched(ledger);
        waiting = block;
        waitingLap = lap;
        block.enterUnstableTree();
        return Visit.scanned(block.pages(), nanos);
    }

    private void list(Block block) {
        state.ledger().stableNodes += listed == 0 ? unitPages : 0;
        listed += units(block);
        mapped += units(block);
        block.merged(this);
    }

    /** The kernel notices that the block is not in the stable tree any more. */
    void unlist(Block block) {
        listed -= units(block);
        state.ledger().stableNodes -= listed == 0 ? unitPages : 0;
    }

    /** The block has pages of its own again, or none. */
    void unmap(Block block) {
        mapped -= units(block);
    }

    /** In the counters: kept once in place of many. */
    long sharedPages() {
        return copies(listed) * unitPages;
    }

    /** In the counters: further uses of those. */
    long sharingPages() {
        return (listed - copies(listed)) * unitPages;
    }

    long chains() {
        return copies(listed) > 1 ? unitPages : 0;
    }

    long dups() {
        return copies(listed) > 1 ? sharedPages() : 0;
    }

    /** What is truly saved. */
    long savedPages() {
        return savedPages(mapped);
    }

    /** What would be saved if all these pages were merged. */
    long idealSavedPages(long pages) {
        return savedPages(pages / unitPages);
    }

    private long savedPages(long units) {
        return (units - copies(units)) * unitPages;
    }

    private long room() {
        return copies(mapped) * state.knobs().get(Knob.MAX_PAGE_SHARING) - mapped;
    }

    private long copies(long units) {
        long most = state.knobs().get(Knob.MAX_PAGE_SHARING);
        return (units + most - 1) / most;
    }

    private long units(Block block) {
        return block.pages() / unitPages;
    }
}
