package dev.samepage.agent;

/**
 * What does not change while a kernel runs.
 *
 * @param release as {@code uname -r} prints it
 * @param pageSizeBytes the kernel's page size
 */
public record Kernel(String release, String bootId, long pageSizeBytes) {}
