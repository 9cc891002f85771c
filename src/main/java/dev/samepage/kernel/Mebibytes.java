package dev.samepage.kernel;

/** Bytes in messages: always MiB, rounded so that what is asked for is never told too low and what is there never too high. */
final class Mebibytes {
    private static final int SHIFT = 20;
    private static final long MEBIBYTE = 1L << SHIFT;

    private Mebibytes() {}

    /** What is needed. */
    static long up(long bytes) {
        return (bytes >> SHIFT) + (bytes % MEBIBYTE == 0 ? 0 : 1);
    }

    /** What there is. */
    static long down(long bytes) {
        return bytes >> SHIFT;
    }
}
