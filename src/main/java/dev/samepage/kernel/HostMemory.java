package dev.samepage.kernel;

/**
 * The host's memory, from {@code /proc/meminfo}.
 *
 * @param totalBytes MemTotal
 * @param availableBytes MemAvailable: what can be had without swapping
 */
public record HostMemory(long totalBytes, long availableBytes) {}
