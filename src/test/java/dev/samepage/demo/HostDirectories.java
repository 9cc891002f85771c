package dev.samepage.demo;

import dev.samepage.kernel.Ksm;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the agent finds its host.
 *
 * @param ksm the kernel's KSM directory
 * @param proc the host's /proc
 * @param state where it keeps its journal
 */
public record HostDirectories(Path ksm, Path proc, Path state) {
    /** This machine's own. */
    public static final HostDirectories REAL =
            new HostDirectories(Ksm.DEFAULT, Path.of("/proc"), Path.of("/run/samepage"));

    /** As options of {@code samepage agent} and {@code samepage local}. */
    public List<String> options() {
        return List.of("--ksm", ksm.toString(), "--proc", proc.toString(), "--state", state.toString());
    }
}
