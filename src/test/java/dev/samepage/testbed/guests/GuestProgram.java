package dev.samepage.testbed.guests;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * One guest, a process of its own: it takes mergeable memory, fills it, says that it is ready, rewrites what it should,
 * and ends when its standard input does.
 */
final class GuestProgram {
    private static final long MEBIBYTE = 1 << 20;
    private static final int WORD = 8;
    private static final VarHandle WORDS = ValueLayout.JAVA_LONG.varHandle();
    private static final int SMALLEST_PAGE = 4096;
    private static final int COMMON_SEED = 5;
    private static final Duration REWRITE_EVERY = Duration.ofMillis(500);
    private static final long ROUNDS_OF_A_MINUTE = Duration.ofMinutes(1).dividedBy(REWRITE_EVERY);

    private final GuestMemory memory;
    private final MemorySegment segment;
    private final SplittableRandom unique = new SplittableRandom();

    private GuestProgram(GuestMemory memory, MemorySegment segment) {
        this.memory = memory;
        this.segment = segment;
    }

    public static void main(String... options) throws InterruptedException {
        GuestMemory memory = GuestMemory.parse(options);
        Thread.ofPlatform().daemon().start(GuestProgram::endWithStandardInput);
        Thread.sleep(memory.markAfter());
        MemorySegment segment = MarkedMemory.allocate(memory.mebibytes() * MEBIBYTE, memory.hugePages());
        var guest = new GuestProgram(memory, segment);
        guest.fill();
        System.out.println(GuestKind.READY);
        guest.rewriteForEver();
    }

    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                // What is said does not matter.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        Runtime.getRuntime().halt(0);
    }

    private void fill() throws InterruptedException {
        long start = System.nanoTime();
        var common = new SplittableRandom(COMMON_SEED);
        for (int done = 0; done < memory.mebibytes(); done++) {
            MemorySegment next = segment.asSlice(done * MEBIBYTE, MEBIBYTE);
            if (done < memory.commonMebibytes()) {
                scramble(next, common);
            } else if (done < memory.commonMebibytes() + memory.zeroMebibytes()) {
                next.fill((byte) 0);
            } else {
                scramble(next, unique);
            }
            long due = start + memory.fillTime().toNanos() * (done + 1) / memory.mebibytes();
            Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        }
    }

    private static void scramble(MemorySegment part, SplittableRandom random) {
        for (long offset = 0; offset < part.byteSize(); offset += WORD) {
            part.set(ValueLayout.JAVA_LONG, offset, random.nextLong());
        }
    }

    /** The rewritten part is the last, the touched part the first. */
    private void rewriteForEver() throws InterruptedException {
        long first = (memory.mebibytes() - memory.rewrittenMebibytes()) * MEBIBYTE;
        long touched = memory.touchedMebibytes() * MEBIBYTE / SMALLEST_PAGE;
        for (long round = 0; true; round++) {
            for (long offset = first; offset < segment.byteSize(); offset += SMALLEST_PAGE) {
                segment.set(ValueLayout.JAVA_LONG, offset, unique.nextLong());
            }
            long part = round % ROUNDS_OF_A_MINUTE;
            long end = touched * (part + 1) / ROUNDS_OF_A_MINUTE;
            for (long page = touched * part / ROUNDS_OF_A_MINUTE; page < end; page++) {
                // An atomic write is never left out, as storing what was just loaded may be.
                WORDS.getAndAdd(segment, page * SMALLEST_PAGE, 0L);
            }
            Thread.sleep(REWRITE_EVERY);
        }
    }
}
