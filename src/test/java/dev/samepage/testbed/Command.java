package dev.samepage.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program that is run to its end.
 *
 * @param words the program and its arguments
 * @param environment what is added to this process's own environment
 */
public record Command(List<String> words, Map<String, String> environment) {
    public Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... words) {
        return new Command(List.of(words), Map.of());
    }

    /** How a program ended and what it said. */
    public record Output(int exitCode, String stdout, String stderr) {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /**
         * What it printed.
         *
         * @throws IllegalStateException if it failed, with all that it said
         */
        public String orThrow() {
            if (!succeeded()) {
                throw new IllegalStateException((stdout + stderr).strip());
            }
            return stdout;
        }
    }

    /** Runs the program with nothing to read. */
    public Output run() {
        return run("");
    }

    /**
     * Runs the program and waits for it.
     *
     * @param stdin what it is given to read
     * @throws UncheckedIOException if it cannot be started
     * @throws IllegalStateException if this thread is interrupted; the program has been killed then
     */
    public Output run(String stdin) {
        var builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = builder.start();
            try {
                Future<String> stdout = readers.submit(() -> text(process.getInputStream()));
                Future<String> stderr = readers.submit(() -> text(process.getErrorStream()));
                feed(process, stdin);
                return new Output(process.waitFor(), stdout.get(), stderr.get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while running " + words, e);
            } catch (ExecutionException e) {
                throw new IllegalStateException("the output of " + words + " could not be read", e);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void feed(Process process, String stdin) {
        try (var sink = process.getOutputStream()) {
            sink.write(stdin.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended, or closed its input, without reading all of it; its exit code says whether that was wrong.
        }
    }
}
