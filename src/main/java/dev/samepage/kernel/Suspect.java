package dev.samepage.kernel;

/**
 * A running process that may have written KSM's knobs. It is there and has the name, which proves nothing: whoever started it chose that.
 *
 * @param pid its id in the PID namespace of the given /proc
 */
public record Suspect(KnownWriter writer, int pid) {
    @Override
    public String toString() {
        return writer.program() + " (pid " + pid + ")";
    }
}
