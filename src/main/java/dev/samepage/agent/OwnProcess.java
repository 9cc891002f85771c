package dev.samepage.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the agent itself takes from its node, from its own /proc, which is not the host's.
 *
 * @param pageSizeBytes the kernel's
 */
record OwnProcess(Path proc, long pageSizeBytes) {
    private static final int RESIDENT = 1;

    /** Memory in use, the pages that it shares with others included ({@code statm}); empty where it cannot be read. */
    OptionalLong residentBytes() {
        try {
            String[] pages =
                    Files.readString(proc.resolve("self/statm")).strip().split(" ", -1);
            return OptionalLong.of(Long.parseLong(pages[RESIDENT]) * pageSizeBytes);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return OptionalLong.empty();
        }
    }

    /** CPU time of all its threads since its start. */
    Optional<Duration> cpu() {
        return ProcessHandle.current().info().totalCpuDuration();
    }

    /** When it was started. */
    Optional<Instant> started() {
        return ProcessHandle.current().info().startInstant();
    }
}
