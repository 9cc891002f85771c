package dev.samepage.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Hashes of pages. The odds that two of a million different pages have the same are 1 to 30 million.
 *
 * <p>Not for use by several threads.
 */
final class PageHashes {
    private static final long FIRST = 0x9e3779b97f4a7c15L;
    private static final long FACTOR = 0xff51afd7ed558ccdL;

    private final int pageBytes;
    private long[] hashes = new long[1 << 16];
    private int pages;

    PageHashes(int pageBytes) {
        this.pageBytes = pageBytes;
    }

    /** Adds the page that begins there. */
    void add(ByteBuffer memory, int offset) {
        if (pages == hashes.length) {
            hashes = Arrays.copyOf(hashes, 2 * pages);
        }
        hashes[pages++] = hash(memory, offset);
    }

    /** Whether the page that begins there has nothing but zeros. */
    boolean isZero(ByteBuffer memory, int offset) {
        for (int word = offset; word < offset + pageBytes; word += Long.BYTES) {
            if (memory.getLong(word) != 0) {
                return false;
            }
        }
        return true;
    }

    private long hash(ByteBuffer memory, int offset) {
        ByteBuffer words = memory.order() == ByteOrder.nativeOrder() ? memory : memory.duplicate();
        long hash = FIRST;
        for (int word = offset; word < offset + pageBytes; word += Long.BYTES) {
            hash = (hash ^ words.getLong(word)) * FACTOR;
            hash ^= hash >>> 32;
        }
        return hash;
    }

    int pages() {
        return pages;
    }

    /** What merging could save: every page but one of those with the same content. */
    long idealBytes() {
        long[] sorted = Arrays.copyOf(hashes, pages);
        Arrays.sort(sorted);
        long distinct = 0;
        for (int i = 0; i < pages; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                distinct++;
            }
        }
        return (pages - distinct) * pageBytes;
    }
}
