package dev.samepage.tuning.sim;

import dev.samepage.testbed.guests.GuestMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A guest of {@link SimulatedKsm}: memory as {@link GuestMemory} describes it, in the order common, zero, unique, rewritten, filled evenly and
 * in that order.
 */
public final class SimulatedGuest {
    private static final long PAGE_BYTES = SimulatedKsm.PAGE_BYTES;
    private static final long MEBIBYTE = 1 << 20;
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double REWRITES_PER_SECOND = 2;
    private static final long NEVER = Long.MAX_VALUE;

    private final int pid;
    private final LongSupplier nanoTime;
    private final long markedAtNanos;
    private final long blockBytes;
    private final List<Block> blocks = new ArrayList<>();
    private final int commonBlocks;

    private double rewritesPerSecond = REWRITES_PER_SECOND;
    private boolean marked;
    private boolean ended;

    /** Common memory that is written to again and again, block after block. */
    private int nextWritten;

    private long writtenEveryNanos;
    private long nextWriteNanos = NEVER;

    SimulatedGuest(int pid, GuestMemory memory, LongSupplier nanoTime, Contents contents, KernelState state) {
        this.pid = pid;
        this.nanoTime = nanoTime;
        blockBytes = state.kernel().blockPages() * PAGE_BYTES;
        markedAtNanos = nanoTime.getAsLong() + memory.markAfter().toNanos();
        commonBlocks = blocks(memory.commonMebibytes());
        int zeroBlocks = blocks(memory.zeroMebibytes());
        int rewrittenBlocks = blocks(memory.rewrittenMebibytes());
        int all = commonBlocks + zeroBlocks + blocks(memory.uniqueMebibytes()) + rewrittenBlocks;
        double fillNanos = memory.fillTime().toNanos();
        for (int number = 0; number < all; number++) {
            boolean zero = number >= commonBlocks && number < commonBlocks + zeroBlocks;
            blocks.add(new Block(
                    state,
                    number < commonBlocks ? contents.common(number) : zero ? contents.zero() : null,
                    zero,
                    number >= all - rewrittenBlocks,
                    markedAtNanos + (long) (fillNanos * number / all)));
        }
    }

    private int blocks(int mebibytes) {
        if (mebibytes * MEBIBYTE % blockBytes != 0) {
            throw new IllegalArgumentException(
                    mebibytes + " MiB are no multiple of a block's " + blockBytes + " bytes");
        }
        return (int) (mebibytes * MEBIBYTE / blockBytes);
    }

    /** Its process id. */
    public int pid() {
        return pid;
    }

    /** Whether any of its memory has been marked mergeable yet. */
    public boolean isMergeable() {
        return marked;
    }

    /** Its pages in memory, merged ones too, as in /proc/PID/statm. */
    public long residentBytes() {
        long nowNanos = nanoTime.getAsLong();
        return ended
                ? 0
                : blocks.stream().filter(block -> block.isResident(nowNanos)).count() * blockBytes;
    }

    /** Pages that ksmd keeps a record of: {@code ksm_rmap_items} of /proc/PID/ksm_stat. */
    public long scannedPages() {
        return blocks.stream().filter(Block::hasItems).mapToLong(Block::pages).sum();
    }

    /** How often a second it rewrites what it rewrites; at first twice. */
    public SimulatedGuest rewriting(double timesPerSecond) {
        rewritesPerSecond = timesPerSecond;
        return this;
    }

    /** It writes to its next so many bytes of common memory what was there before: merged pages are copied, and could merge again. */
    public void touch(long bytes) {
        write(bytes, false);
    }

    /** As {@link #touch}, but what it writes is new, and nobody else has it. */
    public void overwrite(long bytes) {
        write(bytes, true);
    }

    /** From now on it does as in {@link #touch}, round and round its common memory, evenly over time; 0 to stop it. */
    public void touchSteadily(long bytesPerSecond) {
        if (bytesPerSecond == 0 || commonBlocks == 0) {
            nextWriteNanos = NEVER;
            return;
        }
        writtenEveryNanos = Math.max(1, (long) ((double) blockBytes / bytesPerSecond * SECOND_NANOS));
        nextWriteNanos = nanoTime.getAsLong() + writtenEveryNanos;
    }

    private void write(long bytes, boolean somethingNew) {
        for (long written = 0; written < bytes && commonBlocks > 0; written += blockBytes) {
            blocks.get(nextWritten).write(somethingNew);
            nextWritten = (nextWritten + 1) % commonBlocks;
        }
    }

    List<Block> blocks() {
        return blocks;
    }

    boolean hasEnded() {
        return ended;
    }

    /** How often the rewritten memory has been rewritten. */
    long rewrites(long nowNanos) {
        return (long) ((nowNanos - markedAtNanos) * rewritesPerSecond / SECOND_NANOS);
    }

    /** When it next does something that ksmd does not find out by itself. */
    long nextEventNanos() {
        return ended ? NEVER : marked ? nextWriteNanos : markedAtNanos;
    }

    void mark() {
        marked = true;
    }

    void writeSteadily() {
        write(blockBytes, false);
        nextWriteNanos += writtenEveryNanos;
    }

    void end() {
        ended = true;
        blocks.forEach(Block::end);
    }

    boolean hasItems() {
        return blocks.stream().anyMatch(Block::hasItems);
    }
}
