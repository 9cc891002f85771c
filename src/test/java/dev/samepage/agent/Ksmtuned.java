package dev.samepage.agent;

import dev.samepage.testbed.Command;
import dev.samepage.testbed.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Debian's ksmtuned as it stands in its package: downloaded and unpacked, not installed. It writes this machine's KSM until it is closed.
 * Its script takes its settings from the environment where {@code /etc/ksmtuned.conf} does not say otherwise.
 */
final class Ksmtuned implements AutoCloseable {
    private static final Path CONFIGURATION = Path.of("/etc/ksmtuned.conf");

    private final ProcessHandle process;

    private Ksmtuned(ProcessHandle process) {
        this.process = process;
    }

    /**
     * The script, unpacked.
     *
     * @param directory an empty one
     * @throws UnavailableException where the package cannot be had, or where a ksmtuned is configured on this machine
     */
    static Path unpacked(Path directory) throws UnavailableException, IOException {
        if (Files.exists(CONFIGURATION)) {
            throw new UnavailableException(CONFIGURATION + " is there: this machine has a ksmtuned of its own");
        }
        Command.Output download = Command.of(
                        "sh",
                        "-c",
                        "cd \"$1\" && apt-get download --quiet ksmtuned && dpkg -x ksmtuned_*.deb .",
                        "sh",
                        directory.toString())
                .run();
        if (!download.succeeded()) {
            throw new UnavailableException(
                    "Debian's package ksmtuned cannot be downloaded (apt-get update helps where its list is old): "
                            + download.stderr().strip());
        }
        return directory.resolve("usr/sbin/ksmtuned");
    }

    /**
     * Starts it. The script goes on in the background by itself.
     *
     * @param settings by its own names, such as {@code KSM_MONITOR_INTERVAL}, in seconds
     */
    static Ksmtuned start(Path script, Map<String, String> settings) throws IOException {
        Path pid = script.resolveSibling("ksmtuned.pid");
        Files.deleteIfExists(pid);
        List<String> words = new ArrayList<>(List.of("env", "PIDFILE=" + pid));
        settings.forEach((name, value) -> words.add(name + "=" + value));
        words.add(script.toString());
        Process starting = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            starting.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new Ksmtuned(
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .orElseThrow(() -> new IllegalStateException("ksmtuned did not start")));
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it, with the sleep that it waits for. */
    @Override
    public void close() {
        try (Stream<ProcessHandle> children = process.descendants()) {
            List<ProcessHandle> all = children.toList();
            process.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }
        process.onExit().join();
    }
}
