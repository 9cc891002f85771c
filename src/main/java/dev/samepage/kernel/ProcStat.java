package dev.samepage.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is of use here in /proc/PID/stat, which is parsed from one character for each byte.
 *
 * @param comm the process's own name, which may hold any character
 * @param startTicks when it started, in clock ticks since boot
 * @param cpuTicks user and system time together
 */
record ProcStat(String comm, long parent, long startTicks, long cpuTicks) {
    /** Clock ticks in a second as the kernel counts for user space ({@code USER_HZ}). */
    static final long TICKS_PER_SECOND = 100;

    /** Fields as in proc(5), less the two in front of and including the name. */
    private static final int PARENT = 4 - 3;

    private static final int USER_TIME = 14 - 3;
    private static final int SYSTEM_TIME = 15 - 3;
    private static final int START_TIME = 22 - 3;

    static Optional<ProcStat> parse(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 0 || close < open) {
            return Optional.empty();
        }
        String[] fields = text.substring(close + 1).strip().split(" ", START_TIME + 2);
        if (fields.length <= START_TIME) {
            return Optional.empty();
        }
        OptionalLong parent = Text.unsigned(fields[PARENT]);
        OptionalLong user = Text.unsigned(fields[USER_TIME]);
        OptionalLong system = Text.unsigned(fields[SYSTEM_TIME]);
        OptionalLong start = Text.unsigned(fields[START_TIME]);
        if (parent.isEmpty() || user.isEmpty() || system.isEmpty() || start.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ProcStat(
                new String(
                        text.substring(open + 1, close).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8),
                parent.getAsLong(),
                start.getAsLong(),
                sum(user.getAsLong(), system.getAsLong())));
    }

    /** A number that makes no sense may be wrong, but must not turn negative. */
    private static long sum(long first, long second) {
        return second > Long.MAX_VALUE - first ? Long.MAX_VALUE : first + second;
    }
}
