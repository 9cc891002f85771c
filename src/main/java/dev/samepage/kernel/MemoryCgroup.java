package dev.samepage.kernel;

/**
 * A memory cgroup with a limit, at one moment.
 *
 * @param path below the hierarchy's root
 * @param limitBytes over which its processes are killed: {@code memory.max}, or {@code memory.limit_in_bytes} of version 1
 * @param usedBytes what counts against it, without the cached file pages that the kernel drops first ({@code inactive_file}): the kubelet's
 *     working set
 */
record MemoryCgroup(String path, long limitBytes, long usedBytes) {}
