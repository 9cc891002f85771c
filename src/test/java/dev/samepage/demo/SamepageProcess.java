package dev.samepage.demo;

import dev.samepage.testbed.Tether;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Samepage as it is packaged, run as a process of its own with its output in a file. It ends with {@link #close}, else with this JVM
 * however that ends. In a session of its own, so that Ctrl-C in a terminal leaves it to {@link #close}.
 */
public final class SamepageProcess implements AutoCloseable {
    /** What {@code ./mvnw package} leaves. */
    public static final Path PROGRAM = Path.of("target", "samepage");

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);
    private static final int OK = 200;
    private static final int LAST_LINES = 10;

    private final Process process;
    private volatile boolean asked;
    private final Path log;
    private final int port;
    private final long startNanos;

    private SamepageProcess(Process process, Path log, int port, long startNanos) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.startNanos = startNanos;
    }

    /**
     * Starts it.
     *
     * @param log where its output goes, anew
     * @param environment who it is to the API server
     * @param port that it is told to listen on; 0 where it listens on none
     */
    public static SamepageProcess start(Path log, Map<String, String> environment, int port, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(PROGRAM.toAbsolutePath().toString());
        words.addAll(arguments);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(Tether.around(words))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().remove("KUBECONFIG");
            builder.environment().putAll(environment);
            long startNanos = System.nanoTime();
            return new SamepageProcess(builder.start(), log, port, startNanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** The port of the loopback interface that it listens on. */
    public int port() {
        return port;
    }

    /** {@code System.nanoTime()} of the moment before it was started. */
    public long startNanos() {
        return startNanos;
    }

    /** Asks it over HTTP; whether it answered with 200. */
    public boolean answers(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LONGEST_ANSWER)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Whether it has ended although nobody asked it to. */
    public boolean hasEndedByItself() {
        return !asked && !process.isAlive();
    }

    Path log() {
        return log;
    }

    /** The last lines of its output, for a person to read. */
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }

    /** Kills it with SIGKILL. */
    public void kill() {
        asked = true;
        process.destroyForcibly();
        close();
    }

    /** Ends it as Kubernetes would: SIGTERM, and after a while SIGKILL. */
    @Override
    public void close() {
        asked = true;
        Tether.end(process);
    }
}
