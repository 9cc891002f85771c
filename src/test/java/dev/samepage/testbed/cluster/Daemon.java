package dev.samepage.testbed.cluster;

import dev.samepage.testbed.LogFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One part of the cluster: a process in the enclosure that can be stopped and started again. Its log goes on. */
final class Daemon {
    private final String name;
    private final Enclosure enclosure;
    private final List<String> words;
    private @Nullable Process process;

    /**
     * @param name what it is called in messages
     * @param words the program and its arguments
     */
    Daemon(String name, Enclosure enclosure, List<String> words) {
        this.name = name;
        this.enclosure = enclosure;
        this.words = List.copyOf(words);
    }

    /** Starts it; nothing happens while it runs. */
    void start() {
        if (isRunning()) {
            return;
        }
        try {
            process = new ProcessBuilder(enclosure.inside(words))
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log().path().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, as a crash would; nothing happens where it does not run. */
    void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            running.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while stopping " + name, e);
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    String name() {
        return name;
    }

    LogFile log() {
        return new LogFile(name, enclosure.directory().resolve(name + ".log"));
    }
}
