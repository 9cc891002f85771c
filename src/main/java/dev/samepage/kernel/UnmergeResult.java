package dev.samepage.kernel;

/** What came of {@code run=2}. */
public sealed interface UnmergeResult {
    /** Nothing is merged any more. {@code run} now reads 2. */
    record Unmerged() implements UnmergeResult {}

    /**
     * The kernel did not take it, or gave up on the way; then {@code run} reads 0 and a part is un-merged.
     *
     * @param cause what that means here, in words that go on after a colon
     */
    record Refused(Errno errno, String cause) implements UnmergeResult {}

    /**
     * The child was killed, most likely (signal 9) because memory ran out: {@code run} reads 0 and a part is un-merged.
     *
     * @param signal the number of the signal
     */
    record Killed(int signal) implements UnmergeResult {}

    /** The write returned and yet pages are merged: somebody has started ksmd again. */
    record StillMerged(long pagesShared) implements UnmergeResult {}

    /** The child could not do its work; nothing is known to have changed. */
    record Failed(String cause) implements UnmergeResult {}
}
