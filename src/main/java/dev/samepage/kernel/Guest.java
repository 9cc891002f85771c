package dev.samepage.kernel;

/**
 * A process with memory that ksmd may merge. Two guests are the same only if pid and start time are: process ids come back.
 *
 * @param pid its id in the PID namespace of the given /proc
 * @param name QEMU's {@code -name guest=...} (KubeVirt: NAMESPACE_NAME) or the process's own name; printable, 128 characters at most
 * @param startTicks when it started, in clock ticks (10 ms) since boot
 */
public record Guest(int pid, String name, long startTicks) {}
