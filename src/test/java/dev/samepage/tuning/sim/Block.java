package dev.samepage.tuning.sim;

import dev.samepage.kernel.Knob;
import org.jspecify.annotations.Nullable;

/** Neighbouring pages of one guest that share one fate, and what ksmd knows of them. */
final class Block {
    /** What the guest's addresses are mapped to. */
    private enum Page {
        OWN,
        MERGED,
        ZERO_PAGE
    }

    private static final long NEVER_SEEN = -1;
    private static final int FIRST_AGE_TO_SKIP = 3;
    private static final int OLDEST = 255;

    private final KernelState state;
    private final int pages;
    private final long filledAtNanos;
    private final boolean zero;
    private final boolean rewritten;
    private @Nullable Content content;

    private Page page = Page.OWN;
    private boolean gone;

    /** Counts what the guest wrote here that was not there before. */
    private long changes;

    /** Where ksmd has it listed, which it corrects only when it comes by. */
    private @Nullable Content stable;

    private boolean unstable;
    private boolean hasItems;
    private long checksum = NEVER_SEEN;
    private int age;
    private int skipsLeft;

    /** @param content what it has in common with others; null where it has nothing */
    Block(KernelState state, @Nullable Content content, boolean zero, boolean rewritten, long filledAtNanos) {
        this.state = state;
        this.pages = state.kernel().blockPages();
        this.content = content;
        this.zero = zero;
        this.rewritten = rewritten;
        this.filledAtNanos = filledAtNanos;
    }

    int pages() {
        return pages;
    }

    boolean isFilledBy(long nanos) {
        return filledAtNanos <= nanos;
    }

    boolean hasItems() {
        return hasItems;
    }

    @Nullable
    Content content() {
        return content;
    }

    /** Whether the memory counts as the guest's own, merged or not. Zeros on the kernel's zero page do not. */
    boolean isResident(long nanos) {
        return isFilledBy(nanos) && page != Page.ZERO_PAGE;
    }

    /**
     * ksmd comes by.
     *
     * @param rewrites how often the guest has rewritten what it rewrites
     */
    Visit visit(long nanos, long lap, long rewrites) {
        PageCosts costs = state.costs();
        if (!isFilledBy(nanos) || page == Page.ZERO_PAGE) {
            long freed = hasItems ? costs.freed() : 0;
            forget();
            return Visit.passed(pages, costs.absent() + freed);
        }
        boolean first = !hasItems;
        if (first) {
            hasItems = true;
            state.ledger().items += pages;
        }
        if (page == Page.MERGED) {
            return Visit.scanned(pages, costs.merged());
        }
        if (state.knobs().on(Knob.SMART_SCAN) && isSkipped()) {
            leaveTree();
            state.ledger().skipped += pages;
            return Visit.passed(pages, costs.skipped());
        }
        leaveTree();
        long now = rewritten ? rewrites : changes;
        if (checksum != now) {
            checksum = now;
            if (!joinsAtOnce()) {
                return Visit.scanned(pages, first ? costs.firstVisit() : costs.changed());
            }
        }
        return merge(lap);
    }

    private Visit merge(long lap) {
        if (zero && state.knobs().on(Knob.USE_ZERO_PAGES)) {
            page = Page.ZERO_PAGE;
            state.ledger().zeroPages += pages;
            return Visit.scanned(pages, state.costs().checksum() + state.costs().zeroed());
        }
        if (content != null) {
            return content.search(this, lap);
        }
        long nanos = state.costs().unmatched(state.ledger());
        enterUnstableTree();
        return Visit.scanned(pages, nanos);
    }

    private boolean joinsAtOnce() {
        return state.kernel().joinsAtFirstVisit() && content != null && content.hasRoomFor(this);
    }

    /** The kernel's {@code should_skip_rmap_item}: laps 1, 2, 3, 4, 6, 9, 14, 23 and then every 9th are visits. */
    private boolean isSkipped() {
        int before = age;
        age = Math.min(age + 1, OLDEST);
        if (before < FIRST_AGE_TO_SKIP) {
            return false;
        }
        if (skipsLeft == 0) {
            skipsLeft = before <= 3 ? 1 : before <= 5 ? 2 : before <= 8 ? 4 : 8;
            return false;
        }
        skipsLeft--;
        return true;
    }

    /** The guest writes to it, and what was merged is copied. */
    void write(boolean somethingNew) {
        if (page == Page.MERGED) {
            state.ledger().cowKsm += pages;
        }
        ownPages();
        if (somethingNew) {
            changes++;
            content = null;
        }
    }

    /** {@code run=2}: pages of its own, and no trace of ksmd. Returns how many pages were merged. */
    long unmerge() {
        long merged = page == Page.OWN ? 0 : pages;
        write(false);
        forget();
        return merged;
    }

    /** The guest has ended. What ksmd knows of it stays until ksmd comes by. */
    void end() {
        ownPages();
        gone = true;
    }

    private void ownPages() {
        if (page == Page.MERGED && stable != null) {
            stable.unmap(this);
        } else if (page == Page.ZERO_PAGE) {
            state.ledger().zeroPages -= pages;
        }
        page = Page.OWN;
    }

    /** It shares its pages now, and is listed with the others. */
    void merged(Content with) {
        page = Page.MERGED;
        stable = with;
    }

    void enterUnstableTree() {
        unstable = true;
        state.ledger().unshared += pages;
        state.ledger().unstableNodes += pages;
    }

    /** Whether it still is where it was when it entered the unstable tree, and still has this content. */
    boolean waitsWith(Content same) {
        return unstable && !gone && content == same;
    }

    void leaveTree() {
        if (unstable) {
            state.ledger().unshared -= pages;
            unstable = false;
        }
        if (stable != null) {
            stable.unlist(this);
            stable = null;
        }
    }

    /** ksmd gives its bookkeeping back. */
    void forget() {
        leaveTree();
        if (hasItems) {
            state.ledger().items -= pages;
        }
        hasItems = false;
        checksum = NEVER_SEEN;
        age = 0;
        skipsLeft = 0;
    }
}
